package io.longhaul.traces;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * Records what becomes of jobs as spans of OpenTelemetry, if its agent or SDK is there: the submit, the wait, and each
 * attempt. Otherwise all methods return at once. Names and attributes follow the conventions for messaging.
 */
public final class Spans {
    private static final String SCOPE = "io.longhaul";
    private static final String SYSTEM = "messaging.system";
    private static final String TYPE = "messaging.operation.type";
    private static final String OPERATION = "messaging.operation.name";
    private static final String DESTINATION = "messaging.destination.name";
    private static final String MESSAGE = "messaging.message.id";

    private final Tracer tracer;

    private Spans(Tracer tracer) {
        this.tracer = tracer;
    }

    /** With the agent or SDK of this process. */
    public static Spans global() {
        return of(GlobalOpenTelemetry.get());
    }

    /** With this one. */
    public static Spans of(OpenTelemetry telemetry) {
        boolean none = telemetry.getTracerProvider() == TracerProvider.noop();
        return new Spans(none ? null : telemetry.getTracer(SCOPE));
    }

    /** False if nothing would be recorded. */
    public boolean isOn() {
        return tracer != null;
    }

    /**
     * Begins to record a submit.
     *
     * @param parent the trace of the request
     * @param links the traces of the jobs that this one repeats or comes after; asked for if the submit is recorded
     */
    public SubmitSpan submit(String tool, JobTrace parent, Supplier<List<JobTrace>> links) {
        if (tracer == null) {
            return SubmitSpan.NONE;
        }
        SpanBuilder span = builder("send", tool, SpanKind.PRODUCER).setAttribute(OPERATION, "submit");
        if (parent.span() == null) {
            span.setNoParent();
        } else {
            under(span, parent);
        }
        for (JobTrace link : links.get()) {
            span.addLink(link.context());
        }
        return new SubmitSpan(span.startSpan());
    }

    /** Records how long a job waited until now. */
    public void waited(String tool, String jobId, JobTrace trace, Duration waited) {
        if (tracer == null) {
            return;
        }
        Instant now = Instant.now();
        under(tracer.spanBuilder("wait " + tool), trace)
                .setAttribute(SYSTEM, "longhaul")
                .setAttribute(DESTINATION, tool)
                .setAttribute(MESSAGE, jobId)
                .setStartTimestamp(now.minus(waited))
                .startSpan()
                .end(now);
    }

    /** Begins to record an attempt. */
    public AttemptSpan attempt(String tool, String jobId, int attempt, JobTrace trace) {
        if (tracer == null) {
            return new AttemptSpan(trace);
        }
        Span span = under(builder("process", tool, SpanKind.CONSUMER), trace)
                .setAttribute(OPERATION, "process")
                .setAttribute(MESSAGE, jobId)
                .setAttribute("longhaul.job.attempt", attempt)
                .startSpan();
        return new AttemptSpan(span);
    }

    private SpanBuilder builder(String type, String tool, SpanKind kind) {
        return tracer.spanBuilder(type + " " + tool)
                .setSpanKind(kind)
                .setAttribute(SYSTEM, "longhaul")
                .setAttribute(TYPE, type)
                .setAttribute(DESTINATION, tool);
    }

    private static SpanBuilder under(SpanBuilder span, JobTrace trace) {
        return span.setParent(Context.root().with(Span.wrap(trace.context())));
    }
}
