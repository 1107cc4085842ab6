package io.longhaul.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.jobs.intake.Submitted;
import java.util.List;
import java.util.UUID;

/**
 * What became of the jobs of a batch.
 *
 * @param batchId the batch of the new jobs; if none is new, that of the repeated ones if they share one, else null
 * @param created how many jobs are new
 * @param replayed how many an earlier submit with the same idempotency key had made
 * @param rejected how many were not accepted
 * @param results one for each, in the order of the request
 */
@JsonNaming(SnakeCaseStrategy.class)
record BatchAnswer(UUID batchId, long created, long replayed, long rejected, List<Result> results) {
    static final String CREATED = "created";
    static final String REPLAYED = "replayed";
    static final String REJECTED = "rejected";

    /**
     * What became of one.
     *
     * @param index its place in the request, from 0
     * @param status created, replayed or rejected
     * @param jobId the job's id, if ids were asked for
     * @param job the job otherwise, unless rejected
     * @param error why it was rejected, else left out
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            int index,

            @Shape(values = {"created", "replayed", "rejected"})
            String status,

            UUID jobId,
            JobRepresentation job,
            Rejection error) {}

    /**
     * Why a job was not accepted.
     *
     * @param errorCode stable code, as for a single job
     * @param message what is wrong and what cures it
     * @param errors the places that are wrong, as JSON Pointers into the body of the request
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Rejection(String errorCode, String message, List<FieldError> errors) {
        static Rejection of(Refusal refusal) {
            return new Rejection(refusal.code().name(), refusal.message(), refusal.errors());
        }
    }

    static String status(Submitted submitted) {
        return submitted.replayed() ? REPLAYED : CREATED;
    }

    static BatchAnswer of(UUID batch, List<Result> results) {
        return new BatchAnswer(
                batch, count(results, CREATED), count(results, REPLAYED), count(results, REJECTED), results);
    }

    private static long count(List<Result> results, String status) {
        return results.stream().filter(r -> r.status().equals(status)).count();
    }
}
