package io.longhaul.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolContract;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of all providers, for jobs that a worker runs over HTTP. */
final class RemoteContractTest extends ToolContract {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, TestTools.all("""
                    - {type: remote, name: echo}
                    - {type: remote, name: reporting}
                    - {type: remote, name: failing, retry: {max_attempts: 2, backoff: 1h}}
                    - {type: remote, name: hopeless, retry: {max_attempts: 2, backoff: 1h}}
                    - {type: remote, name: unavailable, retry: {max_attempts: 2, backoff: 1h}}
                    - {type: remote, name: flooding, max_result: 2KiB, retry: {max_attempts: 2, backoff: 1h}}
                    - {type: remote, name: unstorable}
                    - {type: remote, name: leaking}
                    - {type: remote, name: leaking-failure}
                    - {type: remote, name: endless}
                    """)).withRemote();

    private static final Map<String, ToolCall> CALLS = new ConcurrentHashMap<>();
    private static final Set<String> AT_WORK = ConcurrentHashMap.newKeySet();
    private static HttpWorker worker;

    @BeforeAll
    static void startWorker() {
        worker = new HttpWorker(
                SERVER,
                Map.of(
                        "echo", attempt -> attempt.tell("complete", "{\"result\": " + attempt.params() + "}"),
                        "reporting", RemoteContractTest::report,
                        "failing", attempt -> attempt.tell("fail", "{\"message\": \"no such gene\"}"),
                        "hopeless",
                                attempt -> attempt.tell(
                                        "fail", "{\"message\": \"cannot ever work\", \"retryable\": false}"),
                        "unavailable",
                                attempt -> attempt.tell(
                                        "fail", "{\"message\": \"no GPU\", \"error_code\": \"UNAVAILABLE\"}"),
                        "flooding", attempt -> attempt.tell("complete", "{\"result\": \"" + "x".repeat(4_000) + "\"}"),
                        "unstorable",
                                attempt ->
                                        attempt.tell("complete", "{\"result\": {\"a\\u0000b\": \"c\\u0000d\\ud800\"}}"),
                        "leaking", RemoteContractTest::leak,
                        "leaking-failure", RemoteContractTest::leakFailure,
                        "endless", RemoteContractTest::workUntilStopped));
    }

    @AfterAll
    static void stopWorker() throws InterruptedException {
        worker.close();
    }

    private static void report(HttpWorker.Attempt attempt) {
        attempt.tell("progress", "{\"fraction\": 0.25, \"message\": \"reading\"}");
        mirrorProgress(attempt, "reading");
        attempt.tell("logs", "{\"lines\": [\"first\", \"zweite Zeile: äß漢😀\"]}");
        attempt.tell("progress", "{\"fraction\": 0.5}");
        mirrorProgress(attempt, null);
        attempt.tell("complete", "{\"result\": \"done\"}");
    }

    /** A report without a message keeps the last message. */
    private static void mirrorProgress(HttpWorker.Attempt attempt, String told) {
        JsonNode shown = SERVER.get("/v1/jobs/" + attempt.jobId()).json("/progress");
        String message = shown.path("message").asText();
        CALLS.get(attempt.jobId())
                .progress(
                        shown.path("fraction").doubleValue(),
                        told == null && message.equals("reading") ? null : message);
    }

    // The server does not know a worker's secrets. The worker has to hide them itself, as here.
    private static void leak(HttpWorker.Attempt attempt) throws IOException {
        String hidden = TextNode.valueOf(secret(attempt).replace(secret(attempt), "***"))
                .toString();
        attempt.tell("logs", "{\"lines\": [" + hidden + "]}");
        attempt.tell("complete", "{\"result\": {\"told\": " + hidden + "}}");
    }

    private static void leakFailure(HttpWorker.Attempt attempt) throws IOException {
        String hidden = TextNode.valueOf("refused: " + secret(attempt).replace(secret(attempt), "***"))
                .toString();
        attempt.tell("fail", "{\"message\": " + hidden + "}");
    }

    private static String secret(HttpWorker.Attempt attempt) throws IOException {
        return Files.readString(Path.of(attempt.params().path("file").asText())).strip();
    }

    private static void workUntilStopped(HttpWorker.Attempt attempt) throws InterruptedException {
        AT_WORK.add(attempt.jobId());
        attempt.tell("logs", "{\"lines\": [\"working\"]}");
        attempt.awaitStop();
        AT_WORK.remove(attempt.jobId());
    }

    /** The tool as a client of the server sees it. */
    private record Through(String name, String params) implements Tool {
        @Override
        public ToolDescription description() {
            return new ToolDescription(name, name, RecordedCall.JSON.createObjectNode());
        }

        @Override
        public ToolResult call(ToolCall call) throws Exception {
            if (call.isCancelled()) {
                return ToolResult.failure(FailureKind.TOOL_ERROR, "Cancelled before.");
            }
            Answer submitted = SERVER.post(
                    "/v1/jobs",
                    "{\"tool\": \"" + name + "\", \"params\": " + (params == null ? call.paramsJson() : params) + "}");
            String job = submitted.text("/job_id");
            CALLS.put(job, call);
            call.onCancel(() -> SERVER.delete("/v1/jobs/" + job));
            try {
                return follow(job, call);
            } catch (InterruptedException | AssertionError e) {
                // The client wraps an interrupt.
                Thread.interrupted();
                SERVER.delete("/v1/jobs/" + job);
                throw e;
            }
        }

        private ToolResult follow(String job, ToolCall call) throws InterruptedException {
            long line = 0;
            while (true) {
                Answer now = SERVER.get("/v1/jobs/" + job);
                JsonNode log =
                        SERVER.get("/v1/jobs/" + job + "/logs?after=" + line).json("/lines");
                for (JsonNode one : log) {
                    call.log(one.path("line").asText());
                    line = one.path("line_no").longValue();
                }
                ToolResult end = end(job, now);
                if (end != null) {
                    return end;
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }

        private static ToolResult end(String job, Answer now) {
            return switch (now.text("/status")) {
                case "completed" -> new ToolResult.Success(now.json("/result").toString());
                case "failed" -> failure(now.json(), "error_code", "error", false);
                case "cancelled" -> ToolResult.failure(FailureKind.TOOL_ERROR, "Cancelled.");
                default ->
                    now.json("/attempt").intValue() == 1 && now.text("/status").equals("pending")
                            ? failure(
                                    SERVER.get("/v1/jobs/" + job + "/attempts").json("/attempts/0"),
                                    "error_code",
                                    "error",
                                    true)
                            : null;
            };
        }

        private static ToolResult failure(JsonNode node, String code, String message, boolean retryable) {
            return new ToolResult.Failure(
                    FailureKind.valueOf(node.path(code).asText()),
                    node.path(message).asText(),
                    retryable);
        }
    }

    private static RegisteredTool tool(String name) {
        return tool(name, null);
    }

    private static RegisteredTool tool(String name, String params) {
        return new RegisteredTool(new Through(name, params), ToolPolicy.DEFAULT, "test");
    }

    @Override
    protected JsonNode echoed(String json) throws Exception {
        return value(echo(), "{\"v\":" + json + "}").get("v");
    }

    @Override
    protected RegisteredTool echo() {
        return tool("echo");
    }

    @Override
    protected RegisteredTool reporting() {
        return tool("reporting");
    }

    @Override
    protected RegisteredTool failing() {
        return tool("failing");
    }

    @Override
    protected RegisteredTool hopeless() {
        return tool("hopeless");
    }

    @Override
    protected RegisteredTool unavailable() {
        return tool("unavailable");
    }

    @Override
    protected RegisteredTool flooding() {
        return tool("flooding");
    }

    @Override
    protected RegisteredTool unstorable() {
        return tool("unstorable");
    }

    @Override
    protected RegisteredTool leaking(Path secretFile) {
        return tool("leaking", "{\"file\": " + TextNode.valueOf(secretFile.toString()) + "}");
    }

    @Override
    protected RegisteredTool leakingFailure(Path secretFile) {
        return tool("leaking-failure", "{\"file\": " + TextNode.valueOf(secretFile.toString()) + "}");
    }

    @Override
    protected RegisteredTool endless() {
        return tool("endless");
    }

    @Override
    protected boolean awaitStopped(RecordedCall call, long deadline) throws Exception {
        Set<String> jobs = CALLS.entrySet().stream()
                .filter(entry -> entry.getValue() == call)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        while (jobs.stream().anyMatch(AT_WORK::contains) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return jobs.stream().noneMatch(AT_WORK::contains);
    }
}
