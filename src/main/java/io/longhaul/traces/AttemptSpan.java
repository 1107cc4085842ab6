package io.longhaul.traces;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Optional;

/** An attempt that is being recorded, or one that is not. */
public final class AttemptSpan {
    private final Span span;
    private final Optional<String> header;

    AttemptSpan(Span span) {
        this.span = span;
        SpanContext context = span.getSpanContext();
        this.header = context.isValid()
                ? Optional.of("00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                        + context.getTraceFlags().asHex())
                : Optional.empty();
    }

    AttemptSpan(JobTrace unrecorded) {
        this.span = Span.getInvalid();
        this.header = unrecorded.header();
    }

    /** The {@code traceparent} of what the attempt calls; empty if the job's trace is no W3C one. */
    public Optional<String> header() {
        return header;
    }

    /** Makes it the span that an agent's instruments continue on this thread, until the result is closed. */
    @SuppressWarnings("MustBeClosedChecker")
    public Scope enter() {
        return span.getSpanContext().isValid() ? span.makeCurrent()::close : () -> {};
    }

    /** The tool threw this. */
    public void threw(Throwable failure) {
        span.recordException(failure);
    }

    /** The attempt is over. Calls after the first one do nothing. */
    public void end(String outcome) {
        span.setAttribute("longhaul.job.outcome", outcome);
        span.end();
    }

    /** The attempt has failed. Calls after the first one do nothing. */
    public void fail(String outcome, String errorCode, String message) {
        span.setStatus(StatusCode.ERROR, message == null ? "" : message);
        span.setAttribute("error.type", errorCode);
        end(outcome);
    }

    /** What {@link #enter} returns. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
