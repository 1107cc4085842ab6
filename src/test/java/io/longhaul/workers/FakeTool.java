package io.longhaul.workers;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.ToolLimits;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A tool whose body a test writes. */
public record FakeTool(String name, Body body) implements Tool {
    /** The body of a call. */
    public interface Body {
        ToolResult call(ToolCall call) throws Exception;
    }

    @Override
    public ToolDescription description() {
        return new ToolDescription(name, "does as told", JsonNodeFactory.instance.objectNode());
    }

    @Override
    public ToolResult call(ToolCall call) throws Exception {
        return body.call(call);
    }

    public static ToolResult done() {
        return new ToolResult.Success("\"done\"");
    }

    /** Until it is interrupted. */
    static ToolResult waitForever(ToolCall call) throws InterruptedException {
        new CountDownLatch(1).await();
        return done();
    }

    public static RegisteredTool named(String name, Body body) {
        return with(name, ToolPolicy.DEFAULT, body);
    }

    public static RegisteredTool with(String name, ToolPolicy policy, Body body) {
        return new RegisteredTool(new FakeTool(name, body), policy, "test");
    }

    /** Answers its params. */
    public static RegisteredTool echo() {
        return named("echo", call -> new ToolResult.Success(call.paramsJson()));
    }

    static ToolPolicy retrying(int maxAttempts, Duration backoff) {
        return policy(null, null, new Retry(maxAttempts, backoff, backoff, 1, 0), OnWorkerLoss.RETRY);
    }

    static ToolPolicy timingOut(Duration timeout) {
        return policy(timeout, null, Retry.NEVER, OnWorkerLoss.RETRY);
    }

    static ToolPolicy limitedTo(int concurrency) {
        return policy(null, concurrency, Retry.NEVER, OnWorkerLoss.RETRY);
    }

    static ToolPolicy failingOnLoss() {
        return policy(null, null, Retry.NEVER, OnWorkerLoss.FAIL);
    }

    private static ToolPolicy policy(Duration timeout, Integer concurrency, Retry retry, OnWorkerLoss onLoss) {
        return new ToolPolicy(timeout, concurrency, retry, onLoss, 3, 1 << 20, ToolLimits.NONE, null);
    }
}
