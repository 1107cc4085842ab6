package io.longhaul.workers.run;

import io.longhaul.loops.Deadlines;
import io.longhaul.loops.Threads;
import io.longhaul.telemetry.StopReason;
import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/**
 * Stops attempts before their end. A tool that does not stop in time is left behind: its attempt is over, its slot is
 * free, and what it answers later is dropped.
 */
public final class Stops {
    /** The time that a tool has to stop, unless it says that it needs more. */
    public static final Duration GRACE = Duration.ofSeconds(15);

    private static final Duration UNTIL_A_THREAD_IS_FREE = Duration.ofSeconds(1);

    /** Stop actions are the tool's own code and may hang, so they run on threads that calls cannot take away. */
    private final ExecutorService ownThreads = Threads.forStops();

    private final Executor threads;
    private final Deadlines deadlines = new Deadlines();
    private final Duration grace;
    private final Telemetry telemetry;
    private final LeftBehind leftBehind;

    Stops(Duration grace, Telemetry telemetry, LeftBehind leftBehind) {
        this(grace, telemetry, leftBehind, null);
    }

    /** {@code others} are used instead of threads of its own, unless null. */
    Stops(Duration grace, Telemetry telemetry, LeftBehind leftBehind, Executor others) {
        this.threads = others == null ? ownThreads : others;
        this.grace = grace;
        this.telemetry = telemetry;
        this.leftBehind = leftBehind;
    }

    /** Stops an attempt that begins now when this time is over. */
    public void begun(Execution execution, Duration timeout) {
        execution.setCountdown(new Countdown(deadlines, timeout, () -> stop(execution, StopReason.TIMEOUT)));
    }

    /** Stops an attempt, unless it is being stopped already: the first reason counts. */
    public void stop(Execution execution, StopReason reason) {
        if (execution.isFirstStop()) {
            onThread(() -> stopNow(execution, reason));
        }
    }

    private void stopNow(Execution execution, StopReason reason) {
        try {
            Duration patience = execution.stopTime().compareTo(grace) > 0 ? execution.stopTime() : grace;
            execution.setLastWait(deadlines.after(patience, () -> onThread(() -> leaveBehind(execution))));
        } finally {
            execution.stop(reason);
        }
    }

    /** Nobody asks for a stop twice, so it is tried until there is a thread for it. */
    private void onThread(Runnable action) {
        try {
            threads.execute(action);
        } catch (RuntimeException | Error e) {
            var unused = deadlines.after(UNTIL_A_THREAD_IS_FREE, () -> onThread(action));
        }
    }

    /** Ends an attempt whose tool was told to stop and has not. */
    public void leaveBehind(Execution execution) {
        try {
            var unused = execution.abandon();
        } finally {
            countUnlessBack(execution);
        }
    }

    private void countUnlessBack(Execution execution) {
        if (execution.holdsThread()) {
            telemetry.abandoned(execution.lease(), execution.tool());
            boolean before = leftBehind.bars(execution.tool());
            leftBehind.add(execution);
            if (!before && leftBehind.bars(execution.tool())) {
                telemetry.barred(execution.tool(), leftBehind.perTool().getOrDefault(execution.tool(), 0L));
            }
            // The thread may have come back just now, before it was in the list.
            if (!execution.holdsThread()) {
                returned(execution);
            }
        }
    }

    /** Takes note that no thread is with this attempt any more; true if it was left behind. */
    public boolean returned(Execution execution) {
        boolean was = leftBehind.remove(execution);
        if (was) {
            telemetry.cameBack(execution.lease(), execution.tool());
        }
        return was;
    }

    public void close() {
        deadlines.stop();
        ownThreads.shutdownNow();
    }
}
