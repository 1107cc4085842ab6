package io.longhaul.schedules;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The runs of a schedule that is due.
 *
 * @param runs times to run for, oldest first
 * @param next when it is due again, or null for never
 * @param leftOut whether missed times are left out
 */
record DueRuns(List<Instant> runs, Instant next, boolean leftOut) {
    /** Bound on the runs at once, so that the queue is not flooded after a long outage. */
    static final int MOST = 100;

    /** Cron's resolution is a minute: a time older than that has been missed. */
    private static final Duration LATE = Duration.ofMinutes(1);

    static DueRuns at(Instant now, Instant first, Cron cron, Misfire misfire) {
        return switch (misfire) {
            case RUN_ONCE -> new DueRuns(List.of(first), cron.next(now).orElse(null), false);
            case SKIP -> skip(now, first, cron);
            case RUN_ALL -> all(now, first, cron);
        };
    }

    private static DueRuns skip(Instant now, Instant first, Cron cron) {
        Instant late = now.minus(LATE);
        return first.isBefore(late)
                ? new DueRuns(List.of(), cron.next(late).orElse(null), true)
                : new DueRuns(List.of(first), cron.next(first).orElse(null), false);
    }

    private static DueRuns all(Instant now, Instant first, Cron cron) {
        List<Instant> runs = new ArrayList<>();
        Instant next = first;
        while (next != null && !next.isAfter(now) && runs.size() < MOST) {
            runs.add(next);
            next = cron.next(next).orElse(null);
        }
        boolean more = next != null && !next.isAfter(now);
        return new DueRuns(runs, more ? cron.next(now).orElse(null) : next, more);
    }
}
