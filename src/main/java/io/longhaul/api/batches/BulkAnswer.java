package io.longhaul.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.jobs.sql.JobFilter;
import java.util.List;
import java.util.UUID;

/** Answers of requests that change all jobs that match a filter. */
public final class BulkAnswer {
    private BulkAnswer() {}

    /**
     * A preview: nothing was changed.
     *
     * @param dryRun true
     * @param matched number of jobs that match
     * @param matchedIsEstimate true if {@code matched} is an estimate, because an exact count would take too long; with
     *     searched_to, it is the number that was found so far
     * @param sample ids of the first jobs
     * @param searchedTo submit of the last job that was looked at, if there was no time for all: a search for the text of an
     *     error, or for values in params, takes about a second, the oldest jobs first. The action itself looks at all; null
     *     if the preview did, too
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Preview(
            boolean dryRun,
            long matched,
            boolean matchedIsEstimate,
            List<UUID> sample,
            @Shape(format = "date-time") String searchedTo) {
        /** Looks for the jobs that a filter matches. */
        public static Preview of(JobLists lists, JobFilter filter) {
            JobLists.Match match = lists.match(filter);
            return new Preview(
                    true,
                    match.matched().jobs(),
                    match.matched().estimated(),
                    match.first(),
                    Times.iso(match.searchedTo()));
        }
    }

    /**
     * The result of a bulk cancel.
     *
     * @param dryRun false
     * @param cancelled number of jobs that were cancelled
     * @param alreadyEnded number of jobs that had ended before
     * @param more true if more jobs match: send the same request again
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Cancelled(boolean dryRun, int cancelled, int alreadyEnded, boolean more) {}

    /**
     * The result of a bulk retry.
     *
     * @param dryRun false
     * @param retried number of new jobs
     * @param replayed number of jobs that an earlier request with the same idempotency key made
     * @param rejected number of jobs that are not accepted now
     * @param results one for each ended job
     * @param nextCursor send it as {@code cursor} to continue; null if no more jobs match
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Retried(
            boolean dryRun, long retried, long replayed, long rejected, List<Retry> results, String nextCursor) {
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
     * The result for one ended job.
     *
     * @param retryOf the ended job
     * @param status created, replayed or rejected
     * @param jobId the new job; left out if rejected
     * @param error reason of a rejection, else left out
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Retry(
            UUID retryOf,

            @Shape(values = {"created", "replayed", "rejected"})
            String status,

            UUID jobId,
            BatchAnswer.Rejection error) {}
}
