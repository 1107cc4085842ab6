package io.longhaul.workers.run;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobError;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.telemetry.StopReason;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.settings.InputPolicy;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.tools.spi.UnansweredException;
import io.longhaul.traces.AttemptSpan;
import io.longhaul.traces.JobTrace;
import io.longhaul.traces.Spans;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One attempt: calls the tool, and turns the result into an outcome. */
public final class Execution implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.workers");

    /** Lines of a stack trace: enough to leave a library's methods. */
    private static final int PLACES = 5;

    private static final String STOPPED_ONCE =
            "The node was stopped while the tool ran, and the job says on_worker_loss: fail.";

    private final ClaimedJob job;
    private final RegisteredTool tool;
    private final RunningCall call;
    private final Listener listener;
    private final Spans spans;
    private final long claimedNanos = System.nanoTime();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long begunNanos;
    private volatile boolean shownRunning;
    private volatile Countdown countdown;
    private volatile Future<?> lastWait;
    private volatile AttemptSpan span;
    private final AtomicBoolean toldToStop = new AtomicBoolean();

    /** The threads that are with the tool now: that of the call, and those of its stop actions. */
    private final AtomicInteger threads = new AtomicInteger();

    /** Follows an attempt. Called on the threads of the attempt and of its stop. */
    interface Listener {
        /** The attempt begins, on the thread that its tool is about to run on. */
        default void begun(Execution execution) {}

        /** The attempt is over, with an outcome to be written, or with none when another node has the job now. */
        void over(Execution execution, Optional<Outcome> outcome) throws InterruptedException;

        /** The attempt is over, but its thread is still with the tool. After {@link #over}. */
        default void abandoned(Execution execution) {}

        /**
         * The attempt broke off by an error that is not its tool's, above all because memory ran out.
         *
         * @param undecided true if it has no outcome and will have none; else {@link #over} was called
         */
        default void broke(Execution execution, boolean undecided, Throwable failure) {}

        /** No thread is with the tool any more. After {@link #over}, long after it if the tool did not stop. */
        default void returned(Execution execution) {}
    }

    Execution(ClaimedJob job, RegisteredTool tool, Reports reports, InputWaits inputs, Listener listener) {
        this(job, tool, reports, inputs, listener, Spans.global());
    }

    Execution(ClaimedJob job, RegisteredTool tool, Reports reports, InputWaits inputs, Listener listener, Spans spans) {
        this.spans = spans;
        this.job = job;
        this.tool = tool;
        this.call = new RunningCall(job, reports, question -> inputs.ask(this, question));
        this.listener = listener;
    }

    public Lease lease() {
        return job.lease();
    }

    String tool() {
        return job.tool();
    }

    public ClaimedJob job() {
        return job;
    }

    /** Waits for a slot again. */
    void putBack() {
        begunNanos = 0;
    }

    /** Takes a slot from now on. */
    void begin() {
        begunNanos = System.nanoTime();
    }

    /** The time since it began; zero while it waits for a slot. */
    public Duration age() {
        return begunNanos == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    /** The time since it was claimed, the wait for a slot included. */
    Duration sinceClaim() {
        return Duration.ofNanos(System.nanoTime() - claimedNanos);
    }

    boolean isShownRunning() {
        return shownRunning;
    }

    void setShownRunning() {
        shownRunning = true;
    }

    void setCountdown(Countdown countdown) {
        this.countdown = countdown;
    }

    /** Its time stands still while it waits for input. */
    void pauseTime() {
        if (countdown != null) {
            countdown.pause();
        }
    }

    /** To be called once for each {@link #pauseTime}. */
    void resumeTime() {
        if (countdown != null) {
            countdown.resume();
        }
    }

    InputPolicy inputPolicy() {
        return tool.policy().input();
    }

    /** Sets the check, some time after a stop, that the tool has stopped. */
    void setLastWait(Future<?> lastWait) {
        this.lastWait = lastWait;
    }

    /** True at the first call only: a tool is told to stop once. */
    boolean isFirstStop() {
        return toldToStop.compareAndSet(false, true);
    }

    /** Tells the tool to stop. The first reason counts. */
    void stop(StopReason reason) {
        threads.incrementAndGet();
        try {
            call.stop(reason);
        } finally {
            leaveThread();
        }
    }

    /** The time that the tool needs to stop. */
    Duration stopTime() {
        return tool.stopTime();
    }

    /** The reason for which its tool was told to stop, or null. */
    public StopReason stopReason() {
        return call.stopReason();
    }

    boolean holdsThread() {
        return threads.get() > 0;
    }

    private void leaveThread() {
        if (threads.decrementAndGet() == 0) {
            if (lastWait != null && over.get()) {
                lastWait.cancel(false);
            }
            listener.returned(this);
        }
    }

    /** True once the outcome is decided. */
    boolean isOver() {
        return over.get();
    }

    boolean isStopped() {
        return call.isCancelled();
    }

    /**
     * Ends an attempt whose tool does not stop, as if it had; the tool's later answer is dropped. Returns true if this
     * ended it.
     */
    boolean abandon() {
        StopReason reason = call.stopReason();
        // An attempt that waits for a slot ends by itself as soon as it has one.
        boolean ended = reason != null && begunNanos != 0 && finish(stopped(reason));
        if (ended) {
            call.end();
            listener.abandoned(this);
        }
        return ended;
    }

    @SuppressWarnings("try")
    @Override
    public void run() {
        threads.incrementAndGet();
        try {
            nameInLog();
            span = beginSpan();
            try (AttemptSpan.Scope scope = span.enter()) {
                listener.begun(this);
                ToolResult result = callTool();
                StopReason reason = call.leaveTool();
                finish(reason == null ? Optional.of(outcome(result)) : stopped(reason));
            }
        } catch (Throwable e) {
            // Let through, it would leave the attempt held for ever, and those that wait for this thread.
            listener.broke(this, over.compareAndSet(false, true), e);
        } finally {
            call.end();
            leaveThread();
            MDC.clear();
        }
    }

    private void nameInLog() {
        MDC.setContextMap(Map.of(
                "job_id",
                job.lease().jobId().toString(),
                "attempt",
                Integer.toString(job.lease().attempt()),
                "tool",
                job.tool(),
                "trace_id",
                job.traceId()));
    }

    private AttemptSpan beginSpan() {
        String id = job.lease().jobId().toString();
        JobTrace trace = new JobTrace(job.traceId(), job.traceSpan());
        spans.waited(job.tool(), id, trace, job.waited());
        AttemptSpan begun = spans.attempt(job.tool(), id, job.lease().attempt(), trace);
        call.setTraceparent(begun.header());
        return begun;
    }

    private ToolResult callTool() {
        try {
            if (!call.enterTool()) {
                return ToolResult.failure(FailureKind.TOOL_ERROR, "Stopped before it began.");
            }
            return storable(tool.call(call));
        } catch (InterruptedException e) {
            // The thread goes back to its pool; leaveTool clears the flag of a late interrupt.
            return ToolResult.failure(FailureKind.TOOL_ERROR, "The tool was interrupted.");
        } catch (UnansweredException e) {
            return ToolResult.failure(FailureKind.UNANSWERED, ResultLimit.error(e.getMessage()));
        } catch (Throwable e) {
            // Any error of a tool is its job's failure; let through, it would leave the job running for ever.
            span.threw(e);
            LOG.debug("Tool {} threw", job.tool(), e);
            if (hasNoMessage(e)) {
                call.log(place(e));
            }
            return ToolResult.failure(FailureKind.TOOL_ERROR, message(e));
        }
    }

    private ToolResult storable(ToolResult result) throws InterruptedException {
        if (result instanceof ToolResult.Success success) {
            // Some tools do not ask for room themselves, and checking a result takes a multiple of its size.
            call.makeRoom(success.json().length());
        }
        return ResultLimit.of(tool.policy()).storable(result);
    }

    private static String message(Throwable e) {
        return hasNoMessage(e) ? e.getClass().getSimpleName() : ResultLimit.error(e.getMessage());
    }

    private static boolean hasNoMessage(Throwable e) {
        return e.getMessage() == null || e.getMessage().isBlank();
    }

    /** Where it was thrown, for the author of the tool; messages of its causes may hold secrets. */
    private static String place(Throwable e) {
        return Stream.of(e.getStackTrace())
                .limit(PLACES)
                .map(frame -> " at " + frame)
                .collect(Collectors.joining("", e.getClass().getName(), ""));
    }

    private boolean finish(Optional<Outcome> outcome) {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        try {
            if (countdown != null) {
                countdown.stop();
            }
            AttemptSpan recorded = span;
            if (recorded != null) {
                end(recorded, outcome, stopReason());
            }
        } finally {
            tellOver(outcome);
        }
        return true;
    }

    private void tellOver(Optional<Outcome> outcome) {
        try {
            listener.over(this, outcome);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void end(AttemptSpan span, Optional<Outcome> outcome, StopReason reason) {
        if (outcome.orElse(null) instanceof Outcome.Failed failed) {
            span.fail("failed", failed.errorCode(), failed.errorMessage());
        } else if (outcome.orElse(null) instanceof Outcome.RetryLater retry) {
            span.fail("retried", retry.errorCode(), retry.errorMessage());
        } else {
            span.end(outcome.map(Outcome::name)
                    .orElseGet(() -> String.valueOf(reason).toLowerCase(Locale.ROOT)));
        }
    }

    private Optional<Outcome> stopped(StopReason reason) {
        return switch (reason) {
            case CANCELLED, LEASE_LOST -> Optional.empty();
            case DRAINING -> Optional.of(call.hasBegunInVain() ? unfinished() : new Outcome.GivenBack(job.lease()));
            case WAITS_FOR_INPUT -> Optional.of(new Outcome.WaitsForInput(job.lease()));
            case TIMEOUT -> Optional.of(outcome(Outcomes.timeout(timeout())));
        };
    }

    /** The tool may have done half of its work, which some tools must not do twice. */
    private Outcome unfinished() {
        int losses = job.maxLosses() == null ? tool.policy().allowedLosses() : job.maxLosses();
        return losses > 0
                ? new Outcome.GivenBack(job.lease())
                : new Outcome.Failed(job.lease(), JobError.WORKER_LOST.name(), STOPPED_ONCE);
    }

    private Outcome outcome(ToolResult result) {
        return Outcomes.of(job, tool.policy(), result);
    }

    /** The longest time of this attempt, or null when only the server's default holds. */
    public Duration timeout() {
        return Outcomes.timeout(job, tool.policy());
    }
}
