package io.longhaul.traces;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in a distributed trace (W3C Trace Context).
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits, new for each request and for each piece of work
 * @param flags two hexadecimal digits, as the caller sent them
 */
public record Trace(String traceId, String spanId, String flags) {
    public static final String HEADER = "traceparent";

    /** The request attribute with the trace. */
    public static final String ATTRIBUTE = Trace.class.getName();

    /** Later versions may append parts. Version ff and ids of zeros are invalid. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?");

    private static final Pattern TRACE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");

    private static final int LENGTH_OF_VERSION_00 = 55;

    /** Continues the trace of a {@code traceparent} with a span of its own; empty if the text is malformed. */
    public static Optional<Trace> parse(String traceparent) {
        String text = traceparent.strip();
        Matcher matcher = TRACEPARENT.matcher(text);
        boolean valid = matcher.matches() && (!text.startsWith("00-") || text.length() == LENGTH_OF_VERSION_00);
        return valid ? Optional.of(new Trace(matcher.group(1), hex(), matcher.group(2))) : Optional.empty();
    }

    /** Begins a new trace. */
    public static Trace begin() {
        return new Trace(hex() + hex(), hex(), "00");
    }

    /** Continues the trace of a job with a span for its work; empty if the id is no W3C trace id. */
    public static Optional<Trace> ofJob(String traceId) {
        return TRACE_ID.matcher(traceId).matches() ? Optional.of(new Trace(traceId, hex(), "01")) : Optional.empty();
    }

    /** The trace of a request, as set by {@link #on}. */
    public static Trace in(HttpServletRequest request) {
        return (Trace) request.getAttribute(ATTRIBUTE);
    }

    /** Records this as the trace of a request. */
    public void on(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** The value of {@code traceparent}. */
    public String header() {
        return "00-" + traceId + "-" + spanId + "-" + flags;
    }

    private static String hex() {
        // Not a secret, so a cheap source of randomness is enough. Never zero, which is invalid.
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    }
}
