package io.longhaul.api.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.operations.BulkOperation;
import io.longhaul.operations.FrozenFilter;
import io.longhaul.operations.JobOutcome;
import java.util.List;
import java.util.UUID;

/**
 * An operation.
 *
 * @param operationId its id
 * @param kind what it does
 * @param state pending, running while its jobs are listed and changed, completed, or cancelled
 * @param filter which jobs it changes, as it was when it began
 * @param principal who began it, or null on servers that ask for no keys
 * @param createdAt when it began: jobs that were submitted or failed later are not changed
 * @param endedAt when it ended, or null
 * @param listed true once all its jobs are listed, so that matched is final
 * @param matched number of its jobs
 * @param done number of jobs that were changed
 * @param skipped number of jobs that needed no change, or were gone
 * @param failed number of jobs that could not be changed
 * @param waitsFor why it does not go on at the moment, or null
 */
@JsonNaming(SnakeCaseStrategy.class)
record OperationRepresentation(
        UUID operationId,
        @Shape(values = {"cancel", "retry"}) String kind,

        @Shape(values = {"pending", "running", "completed", "cancelled"})
        String state,

        JsonNode filter,
        String principal,
        String createdAt,
        String endedAt,
        boolean listed,
        long matched,
        long done,
        long skipped,
        long failed,
        String waitsFor) {
    static OperationRepresentation of(BulkOperation operation) {
        return new OperationRepresentation(
                operation.id(),
                operation.kind().label(),
                operation.state().label(),
                FrozenFilter.parse(operation.filter()),
                operation.principal(),
                Times.iso(operation.createdAt()),
                Times.iso(operation.endedAt()),
                operation.listed(),
                operation.matched(),
                operation.done(),
                operation.skipped(),
                operation.failed(),
                operation.waitsFor());
    }

    /**
     * A page of operations.
     *
     * @param operations the newest first
     * @param nextCursor send it as {@code cursor} to get the next page; null on the last page
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Page(List<OperationRepresentation> operations, String nextCursor) {}

    /**
     * A job of an operation.
     *
     * @param jobId the job
     * @param outcome pending until the job's turn comes
     * @param errorCode why it was skipped or failed, or null
     * @param errorMessage the same for people, or null
     * @param newJobId the job that repeats it, or null
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Outcome(
            UUID jobId,

            @Shape(values = {"pending", "done", "skipped", "failed"})
            String outcome,

            String errorCode,
            String errorMessage,
            UUID newJobId) {
        static Outcome of(JobOutcome job) {
            String outcome = job.outcome() == null ? "pending" : job.outcome();
            return new Outcome(job.jobId(), outcome, job.errorCode(), job.errorMessage(), job.newJobId());
        }
    }

    /**
     * A page of outcomes.
     *
     * @param outcomes one for each job, the oldest job first
     * @param nextCursor send it as {@code cursor} to get the next page; null on the last page
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Outcomes(List<Outcome> outcomes, String nextCursor) {}
}
