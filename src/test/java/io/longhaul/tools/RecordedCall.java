package io.longhaul.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.Question;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.traces.JobTrace;
import io.longhaul.workers.run.ResultLimit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call that records the tool's reports, and can be cancelled in the way of the server. */
public final class RecordedCall implements ToolCall {
    /** Reads JSON with every digit. */
    public static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    public record Progress(double fraction, String message) {}

    /** A question of the tool, to be answered by the test. */
    public record Asked(Question question, CompletableFuture<Answer> answer) {}

    private final String jobId;
    private final int attempt;
    private final JsonNode params;
    private final String paramsJson;
    private final List<Progress> progress = new CopyOnWriteArrayList<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<Runnable> actions = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final CountDownLatch reported = new CountDownLatch(1);
    private final CompletableFuture<ToolResult> result = new CompletableFuture<>();
    private volatile boolean cancelled;
    private volatile Thread worker;

    @Override
    public Optional<String> traceparent() {
        return new JobTrace(traceId(), null).header();
    }

    public RecordedCall(String paramsJson) {
        this(paramsJson, UUID.randomUUID(), 1);
    }

    /** A call of a given attempt of a job. */
    public RecordedCall(String paramsJson, UUID job, int attempt) {
        this.jobId = job.toString();
        this.attempt = attempt;
        this.paramsJson = paramsJson;
        try {
            params = JSON.readTree(paramsJson);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(paramsJson, e);
        }
    }

    /** Starts the tool on a thread of its own, and makes its answer storable as an attempt does. */
    public RecordedCall start(RegisteredTool tool) {
        worker = new Thread(() -> {
            try {
                result.complete(ResultLimit.of(tool.policy()).storable(tool.call(this)));
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        worker.start();
        return this;
    }

    /** Waits for the end of a started call. */
    public ToolResult await() throws InterruptedException, ExecutionException, TimeoutException {
        return result.get(30, TimeUnit.SECONDS);
    }

    /** Waits until the tool has logged its first line. */
    public RecordedCall awaitFirstLine() throws InterruptedException {
        if (!reported.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the tool logged nothing");
        }
        return this;
    }

    /** Waits until the tool asks, once for each of its questions. */
    public Asked awaitQuestion() throws InterruptedException {
        Asked next = asked.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("the tool asked nothing");
        }
        return next;
    }

    /** Ends the call early: runs the actions, interrupts the thread. */
    public void cancel() {
        runActions();
        worker.interrupt();
    }

    /** Ends the call early without interrupting. */
    public void runActions() {
        cancelled = true;
        actions.forEach(Runnable::run);
    }

    /** Only interrupts, like a server that stops. */
    public void interrupt() {
        worker.interrupt();
    }

    /** Waits until the call has returned or thrown; a cancelled one may do either. */
    public void awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
        result.handle((value, thrown) -> null).get(2, TimeUnit.SECONDS);
    }

    public List<Progress> progress() {
        return progress;
    }

    public List<String> lines() {
        return lines;
    }

    @Override
    public String jobId() {
        return jobId;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public String traceId() {
        return "4bf92f3577b34da6a3ce929d0e0e4736";
    }

    @Override
    public JsonNode params() {
        return params;
    }

    @Override
    public String paramsJson() {
        return paramsJson;
    }

    @Override
    public void progress(double fraction, String message) {
        progress.add(new Progress(fraction, message));
    }

    @Override
    public void log(String line) {
        lines.add(line);
        reported.countDown();
    }

    @Override
    public CompletableFuture<Answer> asking(Question question) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        asked.add(new Asked(question, answer));
        return answer;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        actions.add(action);
        if (cancelled) {
            action.run();
        }
    }
}
