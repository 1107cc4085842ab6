package io.longhaul.workers;

import io.longhaul.jobs.JobStats;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Jdbi;

/** Makes the figures of each minute once it is over. A piece of housekeeping. */
public final class StatsMaker implements Housekeeping.Task {
    /** What it is called as a piece of housekeeping. */
    public static final String TASK = "stats";

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Minutes in one statement, when there is something to catch up with. */
    private static final Duration PART = Duration.ofMinutes(10);

    /** How far it goes back at first. */
    private static final Duration REACH = Duration.ofHours(1);

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final int DAYS_KEPT = 30;

    private final Jdbi jdbi;

    /**
     * Wires it.
     *
     * @param jdbi the database
     */
    public StatsMaker(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Duration run() {
        return jdbi.withExtension(JobStats.class, StatsMaker::makeNext) ? Duration.ZERO : INTERVAL;
    }

    /** True if there is more to do. */
    private static boolean makeNext(JobStats stats) {
        Instant latest = stats.latest();
        Instant from = stats.done().map(done -> done.plus(MINUTE)).orElse(latest.minus(REACH));
        if (from.isAfter(latest)) {
            return false;
        }
        Instant to = from.plus(PART).isBefore(latest) ? from.plus(PART) : latest.plus(MINUTE);
        stats.make(time(from), time(to), JobStats.BOUNDS.toArray(Long[]::new));
        stats.doneUpTo(time(to.minus(MINUTE)), DAYS_KEPT);
        return to.isBefore(latest);
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
