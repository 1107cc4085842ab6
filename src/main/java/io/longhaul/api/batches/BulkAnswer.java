package io.longhaul.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.jobs.JobFilter;
import java.util.List;
import java.util.UUID;

/** What became of all jobs that match a filter, or would become. */
final class BulkAnswer {
    private BulkAnswer() {}

    /**
     * A preview.
     *
     * @param dryRun true
     * @param matched how many jobs would be changed
     * @param matchedIsEstimate true when that is more than is worth counting
     * @param sample ids of the first of them
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Preview(boolean dryRun, long matched, boolean matchedIsEstimate, List<UUID> sample) {
        static Preview of(JobLists lists, JobFilter filter) {
            JobLists.Total total = lists.total(filter.fromStart());
            return new Preview(true, total.jobs(), total.estimated(), lists.sample(filter));
        }
    }

    /**
     * What was cancelled.
     *
     * @param dryRun false
     * @param cancelled how many jobs are cancelled now
     * @param alreadyEnded how many had ended meanwhile
     * @param more whether there are more: send the same request again
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Cancelled(boolean dryRun, int cancelled, int alreadyEnded, boolean more) {}

    /**
     * What was retried.
     *
     * @param dryRun false
     * @param retried how many new jobs there are
     * @param replayed how many an earlier request with the same idempotency key had made
     * @param rejected how many would not be accepted today
     * @param results one for each ended job
     * @param nextCursor send it as {@code cursor} to go on with the others; null if there are none
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Retried(boolean dryRun, long retried, long replayed, long rejected, List<Retry> results, String nextCursor) {
        static Retried of(List<Retry> results, String nextCursor) {
            return new Retried(
                    false,
                    count(results, BatchAnswer.CREATED),
                    count(results, BatchAnswer.REPLAYED),
                    count(results, BatchAnswer.REJECTED),
                    results,
                    nextCursor);
        }

        private static long count(List<Retry> results, String status) {
            return results.stream().filter(r -> r.status().equals(status)).count();
        }
    }

    /**
     * What became of one.
     *
     * @param retryOf the ended job
     * @param status created, replayed or rejected
     * @param jobId the new job, left out if rejected
     * @param error why it was rejected, else left out
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Retry(
            UUID retryOf,

            @Shape(values = {"created", "replayed", "rejected"})
            String status,

            UUID jobId,
            BatchAnswer.Rejection error) {}
}
