package io.longhaul.api.jobs;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.sql.FailureQueries.Counted;
import io.longhaul.jobs.sql.FailureQueries.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Failed jobs by what went wrong.
 *
 * @param since start of the span
 * @param until its end
 * @param step length of a step of {@code series} in seconds: a 24th of the span
 * @param groups the groups, the one that failed last first
 * @param more true if there are more groups
 * @param complete false if only the newest failures of the span were counted
 * @param counted number of failures that were counted
 */
@JsonNaming(SnakeCaseStrategy.class)
public record FailureGroups(
        @Shape(format = "date-time") String since,
        @Shape(format = "date-time") String until,
        double step,
        List<Group> groups,
        boolean more,
        boolean complete,
        long counted) {
    /** Number of steps in a series. */
    static final int STEPS = 24;

    /**
     * Jobs that failed alike.
     *
     * @param failure the fingerprint that they share
     * @param errorCode the error code that they share
     * @param message the error of the newest job, or of the newest one that has the text, at most 1,000 characters of it
     * @param jobId that job
     * @param count number of jobs that failed in the span
     * @param firstSeen the first end of such a job in the span
     * @param lastSeen the last end of such a job in the span
     * @param tools the tools of the jobs
     * @param toolVersions versions of the tools, of the newest 20 jobs
     * @param nodes nodes that worked on the newest 20 jobs
     * @param series number of failures in each step of the span
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Group(
            String failure,
            String errorCode,
            String message,
            UUID jobId,
            long count,
            @Shape(format = "date-time") String firstSeen,
            @Shape(format = "date-time") String lastSeen,
            List<String> tools,
            List<String> toolVersions,
            List<String> nodes,
            List<Long> series) {

        private static Group of(Sample sample, List<Counted> parts) {
            long[] series = new long[STEPS];
            // Rounding may put the last moment of a span behind its last step.
            parts.forEach(part -> series[Math.min(STEPS - 1, part.step())] += part.jobs());
            return new Group(
                    sample.failure(),
                    sample.errorCode(),
                    sample.message(),
                    sample.jobId(),
                    jobs(parts),
                    Times.iso(parts.stream()
                            .map(Counted::firstAt)
                            .min(Comparator.naturalOrder())
                            .orElseThrow()),
                    Times.iso(lastAt(parts)),
                    parts.stream().map(Counted::tool).distinct().sorted().toList(),
                    Objects.requireNonNullElse(sample.toolVersions(), List.of()),
                    Objects.requireNonNullElse(sample.nodes(), List.of()),
                    Arrays.stream(series).boxed().toList());
        }
    }

    /**
     * What was asked for.
     *
     * @param groups most groups to show; the query asks for one more
     * @param complete whether all failures of the span were counted
     * @param counted how many were
     */
    record Bounds(Instant since, Instant until, int groups, boolean complete, long counted) {}

    static FailureGroups of(Bounds bounds, List<Counted> parts, List<Sample> samples) {
        Map<String, List<Counted>> byFailure = parts.stream().collect(Collectors.groupingBy(Counted::failure));
        List<Group> groups = samples.stream()
                .sorted(Comparator.comparing((Sample sample) -> lastAt(byFailure.get(sample.failure())))
                        .reversed()
                        .thenComparing(Sample::failure))
                .limit(bounds.groups())
                .map(sample -> Group.of(sample, byFailure.get(sample.failure())))
                .toList();
        return new FailureGroups(
                Times.iso(bounds.since()),
                Times.iso(bounds.until()),
                Duration.between(bounds.since(), bounds.until()).toMillis() / 1000.0 / STEPS,
                groups,
                byFailure.size() > bounds.groups(),
                bounds.complete(),
                bounds.counted());
    }

    private static long jobs(List<Counted> parts) {
        return parts.stream().mapToLong(Counted::jobs).sum();
    }

    private static Instant lastAt(List<Counted> parts) {
        return parts.stream()
                .map(Counted::lastAt)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }
}
