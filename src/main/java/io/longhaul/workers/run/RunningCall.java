package io.longhaul.workers.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.telemetry.StopReason;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.Question;
import io.longhaul.tools.spi.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** A call as its tool sees it, and the way to end it early. */
final class RunningCall implements ToolCall {
    /** Instead of the room that the call has: a thread of the tool waits for some. */
    private static final int ASKING = -1;

    /** The same: the call is over and gets none. */
    private static final int OVER = -2;

    private final ClaimedJob job;
    private final Reports reports;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> stopActions = new ArrayList<>();
    private final Asked asked;
    private final ResultMemory room = ResultMemory.OF_HEAP;

    /** The room that the call has. */
    private final AtomicInteger taken = new AtomicInteger();

    private Thread thread;
    private volatile boolean entered;
    private volatile boolean handedOver;
    private volatile boolean ended;
    private volatile StopReason stopReason;

    /** Takes the questions of the tool. */
    interface Asked {
        CompletableFuture<Answer> ask(Question question) throws InterruptedException;
    }

    /** Empty until the attempt begins. */
    private volatile Optional<String> traceparent = Optional.empty();

    RunningCall(ClaimedJob job, Reports reports, Asked asked) {
        this.job = job;
        this.reports = reports;
        this.asked = asked;
    }

    /** Marks this thread as the tool's; false when the call was stopped before. */
    boolean enterTool() {
        lock.lock();
        try {
            thread = Thread.currentThread();
            entered = stopReason == null;
            return entered;
        } finally {
            lock.unlock();
        }
    }

    /** The tool is done with this thread: no interrupt reaches it from here on. */
    StopReason leaveTool() {
        lock.lock();
        try {
            thread = null;
            Thread.interrupted();
            return stopReason;
        } finally {
            lock.unlock();
        }
    }

    StopReason stopReason() {
        return stopReason;
    }

    void stop(StopReason reason) {
        List<Runnable> actions;
        lock.lock();
        try {
            if (stopReason != null) {
                return;
            }
            stopReason = reason;
            actions = List.copyOf(stopActions);
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
        actions.forEach(RunningCall::runQuietly);
    }

    @Override
    public void onCancel(Runnable action) {
        lock.lock();
        try {
            if (stopReason == null) {
                stopActions.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        runQuietly(action);
    }

    // An action that throws must not keep the others from running.
    private static void runQuietly(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            org.slf4j.LoggerFactory.getLogger("longhaul.workers").warn("A tool's stop action failed", e);
        }
    }

    @Override
    public String jobId() {
        return job.lease().jobId().toString();
    }

    @Override
    public int attempt() {
        return job.lease().attempt();
    }

    @Override
    public String traceId() {
        return job.traceId();
    }

    @Override
    public Optional<String> traceparent() {
        return traceparent;
    }

    void setTraceparent(Optional<String> traceparent) {
        this.traceparent = traceparent;
    }

    @Override
    public JsonNode params() {
        return ParamsJson.parse(job.params());
    }

    @Override
    public String paramsJson() {
        return job.params();
    }

    @Override
    public void progress(double fraction, String message) {
        if (!ended) {
            reports.progress(job.lease(), fraction, message);
        }
    }

    @Override
    public void log(String line) {
        if (!ended) {
            reports.log(job.lease(), line);
        }
    }

    @Override
    public CompletableFuture<Answer> asking(Question question) throws InterruptedException {
        return ended ? new CompletableFuture<>() : asked.ask(question);
    }

    @Override
    public void makeRoom(long bytes) throws InterruptedException {
        // Once, by one thread: a call that waited for more room while it holds a result would keep its room from all
        // others, and they from it.
        if (taken.compareAndSet(0, ASKING)) {
            int found = 0;
            try {
                found = room.take(bytes);
            } finally {
                if (!taken.compareAndSet(ASKING, found)) {
                    room.give(found);
                }
            }
        }
    }

    /** Ends the call, even if its tool goes on: it reports nothing from here on, and holds no room. */
    void end() {
        ended = true;
        room.give(Math.max(0, taken.getAndSet(OVER)));
    }

    @Override
    public boolean isCancelled() {
        return stopReason != null;
    }

    @Override
    public void handOver() {
        handedOver = true;
    }

    /** True if the tool has begun work that no other attempt will go on with. */
    boolean hasBegunInVain() {
        return entered && !handedOver;
    }

    @Override
    public boolean isGivenBack() {
        return stopReason == StopReason.DRAINING || stopReason == StopReason.WAITS_FOR_INPUT;
    }
}
