package io.longhaul.auth;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Limits the requests of each principal on this node, by a token bucket that holds the requests of a second. */
public final class RequestRates {
    private static final double NANOS = 1e9;

    private final int perSecond;
    private final LongSupplier clock;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    private record Bucket(double tokens, long at, boolean taken) {}

    /**
     * @param perSecond requests that a principal may send; 0 for any number
     * @param clock nanoseconds, such as {@link System#nanoTime}
     */
    public RequestRates(int perSecond, LongSupplier clock) {
        this.perSecond = perSecond;
        this.clock = clock;
    }

    /** Counts a request of a principal; false if it is one too many. */
    public boolean take(String principal) {
        return perSecond == 0
                || buckets.compute(principal, (name, old) -> next(old, clock.getAsLong()))
                        .taken();
    }

    private Bucket next(Bucket old, long now) {
        double filled =
                old == null ? perSecond : Math.min(perSecond, old.tokens() + (now - old.at()) / NANOS * perSecond);
        return filled >= 1 ? new Bucket(filled - 1, now, true) : new Bucket(filled, now, false);
    }
}
