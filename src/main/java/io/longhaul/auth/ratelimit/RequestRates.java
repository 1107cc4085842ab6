package io.longhaul.auth.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Limits the requests of each principal on this node, by a token bucket that holds the requests of a second. */
public final class RequestRates {
    /** The request attribute with the rates. */
    private static final String ATTRIBUTE = RequestRates.class.getName();

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

    /** Leaves the rates with a request that may hold several, each of which counts. */
    public void on(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** The rates that hold for a request; nothing if the server limits none. */
    public static Optional<RequestRates> of(HttpServletRequest request) {
        return Optional.ofNullable(request.getAttribute(ATTRIBUTE)).map(RequestRates.class::cast);
    }

    /** What is told to a principal that sends too many. */
    public String refusal(String principal) {
        return principal + " sends more than the " + perSecond
                + " requests a second that it may. Wait, and send them more slowly.";
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
