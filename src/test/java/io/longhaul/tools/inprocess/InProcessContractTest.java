package io.longhaul.tools.inprocess;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContract;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.secrets.Secret;
import io.longhaul.tools.secrets.SecretScrubbingTool;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Java tools keep the contract. */
final class InProcessContractTest extends ToolContract {
    private final Map<String, CountDownLatch> stopped = new ConcurrentHashMap<>();

    @Override
    protected RegisteredTool echo() {
        return BuiltIn.tools().stream()
                .filter(tool -> tool.name().equals("echo"))
                .findFirst()
                .orElseThrow();
    }

    @Override
    protected RegisteredTool reporting() {
        return tool(call -> {
            call.progress(0.25, "reading");
            call.log("first");
            call.progress(0.5, null);
            call.log("zweite Zeile: äß漢😀");
            return new ToolResult.Success("\"done\"");
        });
    }

    @Override
    protected RegisteredTool failing() {
        return tool(call -> ToolResult.failure(FailureKind.TOOL_ERROR, "no such gene"));
    }

    @Override
    protected RegisteredTool hopeless() {
        return tool(call -> new ToolResult.Failure(FailureKind.TOOL_ERROR, "cannot ever work", false));
    }

    @Override
    protected RegisteredTool unavailable() {
        return tool(call -> ToolResult.failure(FailureKind.UNAVAILABLE, "the index is not mounted: mount it"));
    }

    @Override
    protected RegisteredTool flooding() {
        return tool(call -> new ToolResult.Success("\"" + "ä".repeat(9 * 1024 * 1024) + "\""));
    }

    @Override
    protected RegisteredTool unstorable() {
        return tool(call -> new ToolResult.Success("{\"a\\u0000b\":\"c\\u0000d\\ud800\"}"));
    }

    @Override
    protected RegisteredTool leaking(Path secretFile) {
        return scrubbed(secretFile, secret -> call -> {
            call.log("using " + secret);
            call.progress(0.5, "with " + secret);
            return ToolResult.success(JsonNodeFactory.instance.objectNode().put("told", secret));
        });
    }

    @Override
    protected RegisteredTool leakingFailure(Path secretFile) {
        return scrubbed(secretFile, secret -> call -> {
            throw new IllegalStateException("denied: " + secret);
        });
    }

    private static RegisteredTool scrubbed(Path secretFile, Function<String, Body> body) {
        Secret secret = new Secret(null, secretFile.toString(), false);
        Tool tool = SecretScrubbingTool.of(bare(body.apply(secret.value().orElseThrow())), List.of(secret));
        return new RegisteredTool(tool, ToolPolicy.DEFAULT, "test");
    }

    @Override
    protected RegisteredTool endless() {
        return tool(call -> {
            call.log("started");
            CountDownLatch cancelled = new CountDownLatch(1);
            call.onCancel(cancelled::countDown);
            try {
                cancelled.await();
                throw new InterruptedException();
            } finally {
                stopped(call).countDown();
            }
        });
    }

    @Override
    protected boolean awaitStopped(RecordedCall call, long deadline) throws InterruptedException {
        return stopped(call).await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private CountDownLatch stopped(ToolCall call) {
        return stopped.computeIfAbsent(call.jobId(), id -> new CountDownLatch(1));
    }

    private static RegisteredTool tool(Body body) {
        return new RegisteredTool(bare(body), ToolPolicy.DEFAULT, "test");
    }

    private static Tool bare(Body body) {
        ToolDescription description =
                new ToolDescription("test", "A tool for a test.", RecordedCall.JSON.createObjectNode());
        return new Tool() {
            @Override
            public ToolDescription description() {
                return description;
            }

            @Override
            public ToolResult call(ToolCall call) throws Exception {
                return body.call(call);
            }
        };
    }

    private interface Body {
        ToolResult call(ToolCall call) throws Exception;
    }
}
