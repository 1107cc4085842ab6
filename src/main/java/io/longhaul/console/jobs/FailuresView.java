package io.longhaul.console.jobs;

import io.longhaul.api.jobs.FailureGroups;
import io.longhaul.api.jobs.FailureGroups.Group;
import io.longhaul.console.Paths;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * Failed jobs by what went wrong.
 *
 * @param query the filter
 * @param found the groups, or null if they could not be read in time
 * @param tools tools to choose from
 * @param commands the same by other means
 * @param readAt when they were read
 */
public record FailuresView(
        FailuresQuery query, FailureGroups found, List<String> tools, Commands commands, Instant readAt) {
    /** More names are only counted. */
    private static final int NAMES = 5;

    /** What happened over time in one group. */
    public Sparkline plot(Group group) {
        return Sparkline.of(group.series(), Duration.ofMillis((long) (found.step() * 1_000)));
    }

    /** Names in words; a dash for none. */
    public String names(List<String> names) {
        if (names.isEmpty()) {
            return "–";
        }
        return names.size() <= NAMES
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, NAMES)) + " and " + (names.size() - NAMES) + " more";
    }

    public Instant time(String iso) {
        return OffsetDateTime.parse(iso).toInstant();
    }

    /** The address of the job that stands for a group. */
    public String newest(Group group) {
        return Paths.JOBS + "/" + group.jobId();
    }
}
