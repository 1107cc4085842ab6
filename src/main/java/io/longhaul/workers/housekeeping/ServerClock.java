package io.longhaul.workers.housekeeping;

import io.longhaul.jobs.sql.NodeLeases.ServerTime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices that the clock of the database was set, or that another server with another clock took its place, by the steady
 * clock of this node. Such a jump makes living nodes look dead, because leases are measured by the database's clock.
 */
final class ServerClock {
    private final long toleranceNanos;
    private final LongSupplier nanoTime;
    private long leastOffset;
    private long mostOffset;
    private boolean known;
    private boolean ahead;
    private long aheadSince;

    /** A jump that is shorter than the time a living node always has left on its lease does no harm. */
    ServerClock(Duration lease, LongSupplier nanoTime) {
        this.toleranceNanos = lease.toNanos() / 3;
        this.nanoTime = nanoTime;
    }

    /**
     * Takes a reading.
     *
     * @param askedNanos when the server was asked, by the steady clock
     * @return whether the clock was set since the last reading
     */
    boolean jumped(long askedNanos, ServerTime time) {
        long answeredNanos = nanoTime.getAsLong();
        long server = TimeUnit.MILLISECONDS.toNanos(time.nowMillis());
        // It was read at some moment between question and answer.
        long least = server - answeredNanos;
        long most = server - askedNanos;
        boolean jumped = known && (least - mostOffset > toleranceNanos || leastOffset - most > toleranceNanos);
        leastOffset = least;
        mostOffset = most;
        known = true;
        if (!time.ahead() || !ahead) {
            aheadSince = answeredNanos;
        }
        ahead = time.ahead();
        return jumped;
    }

    /** How long some lease has been one of the future; zero if none is. */
    Duration aheadFor() {
        return ahead ? Duration.ofNanos(nanoTime.getAsLong() - aheadSince) : Duration.ZERO;
    }
}
