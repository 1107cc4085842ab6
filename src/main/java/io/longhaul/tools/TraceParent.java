package io.longhaul.tools;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The W3C Trace Context that tools pass on. */
public final class TraceParent {
    private static final Pattern W3C_TRACE = Pattern.compile("(?!0{32})[0-9a-f]{32}");

    private TraceParent() {}

    /**
     * The value of {@code traceparent} for work of a job, with a span id of its own; empty if the job's trace is no W3C
     * trace id.
     */
    public static Optional<String> of(String traceId) {
        return W3C_TRACE.matcher(traceId).matches()
                ? Optional.of("00-%s-%s-01".formatted(traceId, span()))
                : Optional.empty();
    }

    private static String span() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    }
}
