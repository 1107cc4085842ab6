package io.longhaul.traces;

import io.longhaul.ids.TimedIds;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
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
 * @param flags two hexadecimal digits, those of the caller that this version of the standard defines
 * @param kept the span that work of this request continues, with its flags, as {@link JobTrace} keeps it; null if nobody
 *     sent or recorded one
 */
public record Trace(String traceId, String spanId, String flags, String kept) {
    public static final String HEADER = "traceparent";

    /** The request attribute with the trace. */
    public static final String ATTRIBUTE = Trace.class.getName();

    /** Later versions may append parts. Version ff and ids of zeros are invalid. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private static final int LENGTH_OF_VERSION_00 = 55;

    /** Sampled, and a random id. All other flags have to be zero in version 00, which is what we send. */
    private static final int DEFINED_FLAGS = 3;

    /** Continues the trace of a {@code traceparent} with a span of its own; empty if the text is malformed. */
    public static Optional<Trace> parse(String traceparent) {
        String text = traceparent.strip();
        Matcher matcher = TRACEPARENT.matcher(text);
        boolean valid = matcher.matches() && (!text.startsWith("00-") || text.length() == LENGTH_OF_VERSION_00);
        if (!valid) {
            return Optional.empty();
        }
        String flags = HexFormat.of().toHexDigits((byte) (HexFormat.fromHexDigits(matcher.group(3)) & DEFINED_FLAGS));
        return Optional.of(new Trace(matcher.group(1), hex(), flags, matcher.group(2) + "-" + flags));
    }

    /** Begins a new trace. */
    public static Trace begin() {
        // W3C Trace Context asks for random digits only in the last 14.
        return new Trace(HexFormat.of().toHexDigits(TimedIds.timed(random())) + hex(), hex(), "00", null);
    }

    /** The trace that an agent records for the work of this thread; empty without one. */
    public static Optional<Trace> recorded() {
        SpanContext span = Span.current().getSpanContext();
        String flags = span.getTraceFlags().asHex();
        return span.isValid()
                ? Optional.of(new Trace(span.getTraceId(), span.getSpanId(), flags, span.getSpanId() + "-" + flags))
                : Optional.empty();
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

    static String hex() {
        return HexFormat.of().toHexDigits(random());
    }

    private static long random() {
        // Not a secret, so a cheap source of randomness is enough. Never zero, which is invalid.
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }
}
