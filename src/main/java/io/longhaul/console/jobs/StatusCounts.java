package io.longhaul.console.jobs;

import io.longhaul.console.Reads;
import io.longhaul.console.Words;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobQueries;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts the jobs of each status up to a bound, and stops counting when that takes long. */
final class StatusCounts {
    /** Nobody needs to know more exactly how many there are. */
    private static final long MOST = 1_000;

    /** Pages are to come within a tenth of a second; for one count as for all. */
    private static final Duration PATIENCE = Duration.ofMillis(40);

    private final Reads reads;

    StatusCounts(Reads reads) {
        this.reads = reads;
    }

    /** The counts in words; a status that was not counted is missing. */
    Map<JobStatus, String> of(JobFilter filter) {
        Map<JobStatus, String> counts = new EnumMap<>(JobStatus.class);
        long begun = System.nanoTime();
        for (JobStatus status : JobStatus.values()) {
            if (System.nanoTime() - begun < PATIENCE.toNanos()) {
                Long count = count(filter.of(List.of(status)));
                if (count == null) {
                    break;
                }
                counts.put(status, count > MOST ? Words.number(MOST) + "+" : Words.number(count));
            }
        }
        return counts;
    }

    private Long count(JobFilter filter) {
        return reads.quickly(
                (int) PATIENCE.toMillis(),
                JobQueries.class,
                queries -> queries.count(filter.conditions(), filter.values(), MOST + 1));
    }
}
