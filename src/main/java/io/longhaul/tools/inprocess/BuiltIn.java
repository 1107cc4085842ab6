package io.longhaul.tools.inprocess;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The tools that are always there: {@code ping}, {@code echo} and {@code sleep}. */
public final class BuiltIn {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private BuiltIn() {}

    /** Creates the built-in tools. */
    public static List<RegisteredTool> tools() {
        return Stream.of(ping(), echo(), sleep())
                .map(tool -> new RegisteredTool(tool, ToolPolicy.DEFAULT, "built in"))
                .toList();
    }

    private interface Work {
        ToolResult run(ToolCall call) throws InterruptedException;
    }

    private record BuiltInTool(ToolDescription description, Work work) implements Tool {
        @Override
        public ToolResult call(ToolCall call) throws InterruptedException {
            return work.run(call);
        }
    }

    private static Tool tool(String name, String description, String paramsSchema, Work work) {
        try {
            return new BuiltInTool(new ToolDescription(name, description, JSON.readTree(paramsSchema)), work);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(paramsSchema, e);
        }
    }

    private static Tool ping() {
        ToolResult pong = new ToolResult.Success("{\"pong\":true}");
        return tool(
                "ping",
                "Answers {\"pong\": true} at once: shows that jobs are being run. Takes any params.",
                "{}",
                call -> pong);
    }

    private static Tool echo() {
        return tool(
                "echo",
                "Its result is its params, unchanged. Takes any params.",
                "{}",
                call -> new ToolResult.Success(call.paramsJson()));
    }

    /** Stands in for long work when trying things out. */
    private static Tool sleep() {
        return tool(
                "sleep",
                "Waits the given number of seconds (up to a day) and reports progress meanwhile.",
                """
                {"type": "object",
                 "properties": {"seconds": {"type": "number", "minimum": 0, "maximum": 86400,
                                            "description": "How long to wait; fractions are fine."}},
                 "required": ["seconds"], "additionalProperties": false}""",
                BuiltIn::slept);
    }

    private static ToolResult slept(ToolCall call) throws InterruptedException {
        JsonNode seconds = call.params().path("seconds");
        CountDownLatch cancelled = new CountDownLatch(1);
        call.onCancel(cancelled::countDown);
        doze(call, (long) (seconds.doubleValue() * SECOND), cancelled);
        return ToolResult.success(JsonNodeFactory.instance.objectNode().set("slept_seconds", seconds));
    }

    private static void doze(ToolCall call, long total, CountDownLatch cancelled) throws InterruptedException {
        long start = System.nanoTime();
        // A second is often enough to watch; one percent of a long sleep spares the database.
        long step = Math.max(SECOND, total / 100);
        for (long slept = 0; slept < total; slept = System.nanoTime() - start) {
            call.progress((double) slept / total, null);
            if (cancelled.await(Math.min(step, total - slept), TimeUnit.NANOSECONDS)) {
                throw new InterruptedException("cancelled while asleep");
            }
        }
        call.progress(1, null);
    }
}
