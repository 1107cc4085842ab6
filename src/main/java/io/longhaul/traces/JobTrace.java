package io.longhaul.traces;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The trace of a job as its row keeps it.
 *
 * @param traceId a W3C trace id, or a text of an older system
 * @param span the span that the job's work continues and its flags, such as {@code 00f067aa0ba902b7-01}; null if nobody
 *     sent one
 */
public record JobTrace(String traceId, String span) {
    private static final Pattern TRACE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");
    private static final Pattern SPAN = Pattern.compile("(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final int SPAN_ID = 16;

    /** A kept span with other contents than ours counts as none. */
    public JobTrace {
        span = span != null && SPAN.matcher(span).matches() ? span : null;
    }

    /**
     * The {@code traceparent} of work on the job. Without a kept span it begins a branch that nobody records, with the flag
     * that those who are called shall record theirs. Empty if the id is no W3C trace id.
     */
    public Optional<String> header() {
        return isW3c()
                ? Optional.of("00-" + traceId + "-" + (span == null ? Trace.hex() + "-01" : span))
                : Optional.empty();
    }

    private boolean isW3c() {
        return traceId != null && TRACE_ID.matcher(traceId).matches();
    }

    /** The same for OpenTelemetry; invalid if the id is no W3C trace id. */
    SpanContext context() {
        if (!isW3c()) {
            return SpanContext.getInvalid();
        }
        String parent = span == null ? Trace.hex() + "-01" : span;
        return SpanContext.createFromRemoteParent(
                traceId,
                parent.substring(0, SPAN_ID),
                TraceFlags.fromHex(parent, SPAN_ID + 1),
                TraceState.getDefault());
    }
}
