package io.longhaul.api.node;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.sql.JobStats;
import io.longhaul.jobs.sql.JobStats.Figures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * How much was done in a span, and how quickly.
 *
 * @param from its begin
 * @param to its end; the figures of a minute are there a quarter of a minute after it is over
 * @param step length of a step in seconds
 * @param tool of which tool, or null for all together
 * @param queued jobs that wait for a worker now; counted up to 10,000
 * @param running jobs that run now; counted up to 10,000
 * @param total of all steps
 * @param steps those in which anything happened
 */
@JsonNaming(SnakeCaseStrategy.class)
record Stats(
        @Shape(format = "date-time") String from,
        @Shape(format = "date-time") String to,
        int step,
        String tool,
        int queued,
        int running,
        Step total,
        List<Step> steps) {
    /**
     * A step.
     *
     * @param at its begin
     * @param submitted jobs that were accepted
     * @param completed jobs that ended well
     * @param failed jobs that failed
     * @param cancelled jobs that were called off
     * @param waitMs how long the ended ones had waited for a worker
     * @param runMs how long their last attempts had taken
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Step(
            @Shape(format = "date-time") String at,
            long submitted,
            long completed,
            long failed,
            long cancelled,
            Spread waitMs,
            Spread runMs) {
        static Step of(Figures f) {
            long jobs = f.completed() + f.failed() + f.cancelled();
            return new Step(
                    Times.iso(f.at()),
                    f.submitted(),
                    f.completed(),
                    f.failed(),
                    f.cancelled(),
                    Spread.of(f.waitMs(), jobs, f.waits()),
                    Spread.of(f.runMs(), jobs, f.runs()));
        }

        static Step total(List<Figures> all) {
            return of(new Figures(
                    all.isEmpty() ? Instant.EPOCH : all.get(0).at(),
                    sum(all, Figures::submitted),
                    sum(all, Figures::completed),
                    sum(all, Figures::failed),
                    sum(all, Figures::cancelled),
                    sum(all, Figures::waitMs),
                    sum(all, Figures::runMs),
                    added(all, Figures::waits),
                    added(all, Figures::runs)));
        }

        private static long sum(List<Figures> all, ToLongFunction<Figures> figure) {
            return all.stream().mapToLong(figure).sum();
        }

        private static List<Long> added(List<Figures> all, Function<Figures, List<Long>> counts) {
            List<Long> sums = new ArrayList<>();
            for (Figures one : all) {
                List<Long> some = counts.apply(one) == null ? List.of() : counts.apply(one);
                for (int i = 0; i < some.size(); i++) {
                    if (i == sums.size()) {
                        sums.add(0L);
                    }
                    sums.set(i, sums.get(i) + some.get(i));
                }
            }
            return sums;
        }
    }

    /**
     * Times in milliseconds. Percentiles are upper bounds of 1, 3, 10, 30 and so on.
     *
     * @param mean the average, or null when no job has ended
     * @param p50 half of the jobs took at most so long, or null as well
     * @param p95 19 of 20 did, or null
     * @param p99 99 of 100 did, or null
     */
    record Spread(Long mean, Long p50, Long p95, Long p99) {
        static Spread of(long sum, long jobs, List<Long> counts) {
            return jobs == 0
                    ? new Spread(null, null, null, null)
                    : new Spread(
                            sum / jobs, percentile(counts, 0.5), percentile(counts, 0.95), percentile(counts, 0.99));
        }

        /** Null where no job that ended had begun. */
        private static Long percentile(List<Long> counts, double share) {
            long all = counts == null
                    ? 0
                    : counts.stream().mapToLong(Long::longValue).sum();
            long seen = 0;
            for (int i = 0; all > 0 && i < counts.size(); i++) {
                seen += counts.get(i);
                if (seen >= share * all) {
                    return JobStats.BOUNDS.get(Math.min(i, JobStats.BOUNDS.size() - 1));
                }
            }
            return null;
        }
    }
}
