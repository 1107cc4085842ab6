package io.longhaul.traces;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;

/** A submit that is being recorded. */
public final class SubmitSpan {
    static final SubmitSpan NONE = new SubmitSpan(Span.getInvalid());

    private final Span span;

    SubmitSpan(Span span) {
        this.span = span;
    }

    /** The trace that the job continues, or this one if nothing is recorded. */
    public JobTrace traceOr(JobTrace other) {
        SpanContext context = span.getSpanContext();
        return context.isValid()
                ? new JobTrace(
                        context.getTraceId(),
                        context.getSpanId() + "-" + context.getTraceFlags().asHex())
                : other;
    }

    /** The job is stored. */
    public void end(String jobId) {
        span.setAttribute("messaging.message.id", jobId);
        span.end();
    }

    /** No job was stored. */
    public void fail(Throwable why) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute("error.type", why.getClass().getName());
        span.end();
    }
}
