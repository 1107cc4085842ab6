package io.longhaul.console.operations;

import io.longhaul.console.Words;
import io.longhaul.jobs.sql.JobStats;
import io.longhaul.jobs.sql.JobStats.Figures;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The jobs that ended in the last hour, minute by minute.
 *
 * @param bars one for each minute, the oldest first
 * @param most the highest number of ends in a minute, at least 1
 * @param completed jobs that completed
 * @param failed jobs that failed
 * @param submitted jobs that were accepted
 * @param waits how long jobs waited, in words
 * @param runs how long they ran
 */
public record Throughput(
        List<Bar> bars, long most, long completed, long failed, long submitted, Spread waits, Spread runs) {
    private static final int MINUTES = 60;

    /** Height of the plot in its own units. */
    public static final int HEIGHT = 100;

    /**
     * One minute.
     *
     * @param at its begin
     * @param x place of its bar
     * @param completed jobs that completed
     * @param failed jobs that failed
     * @param completedHeight height of the part of completed jobs
     * @param failedHeight height of the part of failed jobs
     */
    public record Bar(Instant at, int x, long completed, long failed, int completedHeight, int failedHeight) {}

    /** Median and 95th percentile in words, as upper bounds; a dash without ended jobs. */
    public record Spread(String median, String high) {}

    /** Reads the last hour before a minute. */
    static Throughput of(JobStats stats) {
        Instant end = stats.latest().plusSeconds(MINUTES);
        Instant from = end.minus(Duration.ofMinutes(MINUTES));
        List<Figures> figures = stats.steps(from.atOffset(ZoneOffset.UTC), end.atOffset(ZoneOffset.UTC), null, MINUTES);
        Map<Instant, Figures> byMinute = new HashMap<>();
        figures.forEach(minute -> byMinute.put(minute.at(), minute));
        long most = Math.max(
                1,
                figures.stream()
                        .mapToLong(minute -> minute.completed() + minute.failed())
                        .max()
                        .orElse(1));
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < MINUTES; i++) {
            Instant at = from.plusSeconds(60L * i);
            Figures minute = byMinute.get(at);
            long completed = minute == null ? 0 : minute.completed();
            long failed = minute == null ? 0 : minute.failed();
            bars.add(new Bar(at, 10 * i, completed, failed, height(completed, most), height(failed, most)));
        }
        return new Throughput(
                bars,
                most,
                sum(figures, Figures::completed),
                sum(figures, Figures::failed),
                sum(figures, Figures::submitted),
                spread(figures, Figures::waits),
                spread(figures, Figures::runs));
    }

    /** Whatever happened is seen. */
    private static int height(long jobs, long most) {
        return jobs == 0 ? 0 : (int) Math.max(2, jobs * HEIGHT / most);
    }

    private static long sum(List<Figures> all, ToLongFunction<Figures> figure) {
        return all.stream().mapToLong(figure).sum();
    }

    private static Spread spread(List<Figures> all, Function<Figures, List<Long>> counts) {
        long[] sums = new long[JobStats.BOUNDS.size() + 1];
        for (Figures minute : all) {
            List<Long> some = counts.apply(minute) == null ? List.of() : counts.apply(minute);
            for (int i = 0; i < some.size() && i < sums.length; i++) {
                sums[i] += some.get(i);
            }
        }
        return new Spread(percentile(sums, 0.5), percentile(sums, 0.95));
    }

    private static String percentile(long[] counts, double share) {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        long seen = 0;
        for (int i = 0; i < counts.length && all > 0; i++) {
            seen += counts[i];
            if (seen >= share * all) {
                long bound = JobStats.BOUNDS.get(Math.min(i, JobStats.BOUNDS.size() - 1));
                return "≤ " + Words.duration(Duration.ofMillis(bound));
            }
        }
        return "–";
    }
}
