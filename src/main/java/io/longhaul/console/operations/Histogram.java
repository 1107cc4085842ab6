package io.longhaul.console.operations;

import io.longhaul.console.Words;
import io.longhaul.jobs.sql.JobStats;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Numbers of jobs by a length of time.
 *
 * @param counts one for each of {@link JobStats#BOUNDS}, and one for what is longer; empty for no job
 */
public record Histogram(List<Long> counts) {
    /** No job. */
    public static final Histogram NONE = new Histogram(List.of());

    static Histogram of(List<Long> counts) {
        return counts == null || counts.stream().allMatch(count -> count == 0) ? NONE : new Histogram(counts);
    }

    public Histogram plus(Histogram other) {
        if (counts.isEmpty() || other.counts.isEmpty()) {
            return counts.isEmpty() ? other : this;
        }
        return new Histogram(IntStream.range(0, counts.size())
                .mapToObj(i -> counts.get(i) + other.counts.get(i))
                .toList());
    }

    /** Index of the bound below which this share of the jobs lies; -1 for no job. */
    int bound(double share) {
        long all = counts.stream().mapToLong(Long::longValue).sum();
        long seen = 0;
        for (int i = 0; i < counts.size() && all > 0; i++) {
            seen += counts.get(i);
            if (seen >= share * all) {
                return Math.min(i, JobStats.BOUNDS.size() - 1);
            }
        }
        return -1;
    }

    /** The median in words, as an upper bound; a dash for no job. */
    public String median() {
        return words(bound(0.5));
    }

    /** The 95th percentile in words. */
    public String high() {
        return words(bound(0.95));
    }

    private static String words(int bound) {
        return bound < 0 ? "–" : "≤ " + length(bound);
    }

    static String length(int bound) {
        return Words.duration(Duration.ofMillis(JobStats.BOUNDS.get(bound)));
    }
}
