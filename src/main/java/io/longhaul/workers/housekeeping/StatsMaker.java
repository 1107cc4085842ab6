package io.longhaul.workers.housekeeping;

import io.longhaul.jobs.sql.HourStats;
import io.longhaul.jobs.sql.JobStats;
import io.longhaul.jobs.sql.TotalStats;
import io.longhaul.loops.Loop;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementException;

/** Computes the figures of each minute once it is over, as a housekeeping task. */
public final class StatsMaker implements Loop.Step {
    /** The name of the housekeeping task. */
    public static final String TASK = "stats";

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** A minute that takes longer has no figures: they must not cost more than they are worth. */
    private static final String PATIENCE = "SET LOCAL statement_timeout = '5s'";

    /** SQLSTATE of a statement that took longer. */
    private static final String CANCELED = "57014";

    /** It takes no more than one part in this many of the time, even when it has to catch up. */
    private static final int SHARE = 20;

    /** The age of the first minute that is computed. */
    private static final Duration REACH = Duration.ofHours(1);

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final int DAYS_KEPT = 30;

    /** Most minutes without totals that are added up at once: a busy day takes a second. */
    private static final Duration CAUGHT_UP = Duration.ofDays(1);

    private final Jdbi jdbi;

    public StatsMaker(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Duration run() {
        long begin = System.nanoTime();
        boolean more = jdbi.withExtension(JobStats.class, this::makeNext);
        Duration rest = Duration.ofNanos((System.nanoTime() - begin) * SHARE);
        return more || rest.compareTo(INTERVAL) > 0 ? rest : INTERVAL;
    }

    /** True if there is more to do. */
    private boolean makeNext(JobStats stats) {
        Instant latest = stats.latest();
        Instant reach = latest.minus(REACH);
        Instant from = stats.done()
                // After the clock was set back, a minute of the future is computed again once it has come.
                .filter(done -> !done.isAfter(latest))
                .map(done -> done.plus(MINUTE))
                .filter(reach::isBefore)
                .orElse(reach);
        if (from.isAfter(latest)) {
            return false;
        }
        make(from);
        jdbi.useExtension(HourStats.class, hours -> hours.make(time(from.truncatedTo(ChronoUnit.HOURS)), DAYS_KEPT));
        jdbi.useExtension(TotalStats.class, totals -> addUp(totals, from));
        stats.doneUpTo(time(from), DAYS_KEPT);
        return from.isBefore(latest);
    }

    /** Adds up the tools of a minute, and of minutes before it that a program without totals has computed. */
    private static void addUp(TotalStats totals, Instant minute) {
        Instant first = totals.next().filter(minute::isAfter).orElse(minute);
        Instant end = Collections.min(List.of(minute.plus(MINUTE), first.plus(CAUGHT_UP)));
        totals.minutes(time(first), time(end));
        totals.hours(
                time(first.truncatedTo(ChronoUnit.HOURS)),
                time(end.minusNanos(1).truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1))));
        totals.forget(time(minute.minus(Duration.ofDays(DAYS_KEPT))));
    }

    private void make(Instant minute) {
        try {
            jdbi.useTransaction(handle -> {
                handle.execute(PATIENCE);
                handle.attach(JobStats.class)
                        .make(time(minute), time(minute.plus(MINUTE)), JobStats.BOUNDS.toArray(Long[]::new));
            });
        } catch (StatementException e) {
            if (!(e.getCause() instanceof SQLException cause && CANCELED.equals(cause.getSQLState()))) {
                throw e;
            }
        }
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
