package io.longhaul.api.operations;

import io.longhaul.api.description.Shape;
import java.util.List;
import java.util.UUID;

/**
 * An operation to begin. Unknown members are refused.
 *
 * @param kind cancel pending and running jobs, or retry ended ones as new jobs
 * @param filter which jobs
 * @param all must be true if the filter has nothing but status
 * @param dryRun only counts the jobs
 */
record OperationRequest(
        @Shape(
                required = true,
                values = {"cancel", "retry"})
        String kind,

        OperationFilter filter,
        @Shape(usual = "false") boolean all,
        @Shape(usual = "false") boolean dryRun) {
    /**
     * The filters of the list of jobs. Unknown members are refused.
     *
     * @param status statuses that can be changed: pending and running for a cancel, which are the default; completed, failed
     * and cancelled for a retry, whose default is failed
     * @param tool name of a tool
     * @param traceId a trace
     * @param createdAfter accepted at this time or later
     * @param createdBefore accepted before this time
     * @param completedAfter ended at this time or later
     * @param completedBefore ended before this time
     * @param batchId a batch
     * @param scheduleId a schedule
     * @param error a part of the error's text
     * @param waitingForInput only jobs whose tool has asked something that nobody has answered
     * @param failure the fingerprint of a failure: jobs that failed alike
     */
    record OperationFilter(
            List<String> status,
            String tool,
            String traceId,
            @Shape(format = "date-time") String createdAfter,
            @Shape(format = "date-time") String createdBefore,
            @Shape(format = "date-time") String completedAfter,
            @Shape(format = "date-time") String completedBefore,
            UUID batchId,
            UUID scheduleId,
            String error,
            @Shape(usual = "false") boolean waitingForInput,
            String failure) {}
}
