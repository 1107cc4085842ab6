package io.longhaul.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.jobs.intake.Submitted;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The result of a batch.
 *
 * @param batchId the batch of the new jobs; if none is new, the batch that all repeated jobs share, else null
 * @param created number of new jobs
 * @param replayed number of jobs that an earlier submit with the same idempotency key made
 * @param rejected number of jobs that were not accepted
 * @param results one for each job, in the order of the request
 */
@JsonNaming(SnakeCaseStrategy.class)
public record BatchAnswer(UUID batchId, long created, long replayed, long rejected, List<Result> results) {
    static final String CREATED = "created";
    static final String REPLAYED = "replayed";
    static final String REJECTED = "rejected";

    /**
     * The result of one job.
     *
     * @param index position in the request, from 0
     * @param status created, replayed or rejected
     * @param jobId the job's id, if ids were asked for
     * @param job the job if ids were not asked for, unless it was rejected
     * @param error reason of a rejection, else left out
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(
            int index,

            @Shape(values = {"created", "replayed", "rejected"})
            String status,

            UUID jobId,
            JobRepresentation job,
            Rejection error) {}

    /**
     * The reason why a job was not accepted.
     *
     * @param errorCode stable code, as for a single job
     * @param message the error and its cure
     * @param errors the wrong members, as JSON Pointers into the body of the request
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Rejection(String errorCode, String message, List<FieldError> errors) {
        static Rejection of(Refusal refusal) {
            return new Rejection(refusal.code().name(), refusal.message(), refusal.errors());
        }
    }

    /** Adds the time after which the first rejected jobs may be accepted, if waiting helps any of them. */
    static void addRetryAfter(Response.ResponseBuilder answer, Stream<Rejection> errors) {
        errors.filter(Objects::nonNull)
                .mapToInt(error -> ErrorCode.valueOf(error.errorCode()).retryAfterSeconds())
                .filter(seconds -> seconds > 0)
                .min()
                .ifPresent(seconds -> answer.header(HttpHeaders.RETRY_AFTER, seconds));
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
