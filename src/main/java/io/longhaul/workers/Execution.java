package io.longhaul.workers;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.Storable;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.MDC;

/** One attempt: calls the tool, and turns what comes of it into an outcome. */
final class Execution implements Runnable {
    private final ClaimedJob job;
    private final RegisteredTool tool;
    private final RunningCall call;
    private final Consumer<Execution> begun;
    private final ExecutionEnd end;
    private final long claimedNanos = System.nanoTime();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long begunNanos;
    private volatile boolean shownRunning;
    private volatile Future<?> deadline;

    /** What an execution tells when it is over. */
    interface ExecutionEnd {
        /** The attempt is over, with an outcome to be written, or with none when its lease is lost. */
        void over(Execution execution, Optional<Outcome> outcome) throws InterruptedException;
    }

    Execution(ClaimedJob job, RegisteredTool tool, Reports reports, ExecutionEnd end) {
        this(job, tool, reports, execution -> {}, end);
    }

    Execution(ClaimedJob job, RegisteredTool tool, Reports reports, Consumer<Execution> begun, ExecutionEnd end) {
        this.job = job;
        this.tool = tool;
        this.call = new RunningCall(job, reports);
        this.begun = begun;
        this.end = end;
    }

    Lease lease() {
        return job.lease();
    }

    String tool() {
        return job.tool();
    }

    ClaimedJob job() {
        return job;
    }

    /** The attempt takes a slot from now on. */
    void begin() {
        begunNanos = System.nanoTime();
    }

    /** How long it has run; zero while it waits for a slot. */
    Duration age() {
        return begunNanos == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    /** How long it has been held, the wait for a slot included. */
    Duration sinceClaim() {
        return Duration.ofNanos(System.nanoTime() - claimedNanos);
    }

    boolean isShownRunning() {
        return shownRunning;
    }

    void setShownRunning() {
        shownRunning = true;
    }

    void setDeadline(Future<?> deadline) {
        this.deadline = deadline;
    }

    /** Tells the tool to stop. The first reason counts. */
    void stop(StopReason reason) {
        call.stop(reason);
    }

    /** Whether its tool was told to stop. */
    boolean isStopped() {
        return call.isCancelled();
    }

    /** Ends an attempt whose tool does not stop, as if it had; what the tool answers later is dropped. */
    boolean abandon() {
        StopReason reason = call.stopReason();
        return reason != null && finish(stopped(reason));
    }

    @Override
    public void run() {
        MDC.setContextMap(
                Map.of("job_id", job.lease().jobId().toString(), "tool", job.tool(), "trace_id", job.traceId()));
        try {
            begun.accept(this);
            ToolResult result = callTool();
            StopReason reason = call.leaveTool();
            finish(reason == null ? Optional.of(outcome(result)) : stopped(reason));
        } finally {
            call.leaveRoom();
            MDC.clear();
        }
    }

    private ToolResult callTool() {
        try {
            if (!call.enterTool()) {
                return ToolResult.failure(FailureKind.TOOL_ERROR, "Stopped before it began.");
            }
            return tool.call(call);
        } catch (InterruptedException e) {
            // The thread goes back to its pool; leaveTool clears the flag of a late interrupt.
            return ToolResult.failure(FailureKind.TOOL_ERROR, "The tool was interrupted.");
        } catch (Throwable e) {
            // Whatever a tool throws is its job's failure; let through, it would leave the job running for ever.
            return ToolResult.failure(FailureKind.TOOL_ERROR, message(e));
        }
    }

    private static String message(Throwable e) {
        return e.getMessage() == null || e.getMessage().isBlank()
                ? e.getClass().getSimpleName()
                : Storable.text(e.getMessage());
    }

    private boolean finish(Optional<Outcome> outcome) {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        if (deadline != null) {
            deadline.cancel(false);
        }
        try {
            end.over(this, outcome);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    private Optional<Outcome> stopped(StopReason reason) {
        return switch (reason) {
            case CANCELLED, LEASE_LOST -> Optional.empty();
            case DRAINING -> Optional.of(new Outcome.GivenBack(job.lease()));
            case TIMEOUT -> Optional.of(outcome(Outcomes.timeout(timeout())));
        };
    }

    private Outcome outcome(ToolResult result) {
        return Outcomes.of(job, tool.policy(), result);
    }

    /** How long this attempt may take, or null when only the server's default holds. */
    Duration timeout() {
        return Outcomes.timeout(job, tool.policy());
    }
}
