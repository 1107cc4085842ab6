package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.Callbacks;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.definitions.ToolFiles;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CalledBackTest {
    private static final String URL = "https://jobs.example.org/v1/callbacks/t";

    @TempDir
    Path folder;

    private final StandIn server = new StandIn();
    private final BlockingQueue<String> posted = new LinkedBlockingQueue<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ToolContext toolContext = new ToolContext();

    @BeforeEach
    void serve() {
        server.on("/work", (request, exchange) -> {
            exchange.json(202, "{\"id\": 7}");
            asked.countDown();
        });
        toolContext.useCallbacks((job, attempt) -> new QueuedAddress());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theServerLearnsTheAddressAndPostsTheResult() throws Exception {
        RecordedCall call = new RecordedCall("{\"x\":1}").start(tool("method: POST, callback: {}"));
        post("{\"progress\":0.5,\"message\":\"half\"}");
        post("{\"log\":\"almost\"}");
        post("{\"result\":[1.50]}");
        assertThat(call.await()).isEqualTo(new ToolResult.Success("[1.50]"));
        assertThat(call.progress()).containsExactly(new RecordedCall.Progress(0.5, "half"));
        assertThat(call.lines()).containsExactly("almost");
        assertThat(server.only().header("Callback-url")).isEqualTo(URL);
        assertThat(server.only().body()).isEqualTo("{\"x\":1}");
        assertThat(closed).isTrue();
    }

    @Test
    void theAddressGoesWhereAPlaceholderIs() throws Exception {
        RecordedCall call =
                new RecordedCall("{}").start(tool("body: {hook: '{callback.url}'}, callback: {result: /out}"));
        post("{\"out\":{\"a\":1},\"more\":2}");
        assertThat(call.await()).isEqualTo(new ToolResult.Success("{\"a\":1}"));
        assertThat(server.only().body()).isEqualTo("{\"hook\":\"" + URL + "\"}");
        assertThat(server.only().header("Callback-url")).isNull();
    }

    @Test
    void theServersOwnWordsForDoneAndFailedCanBeConfigured() throws Exception {
        RegisteredTool tool = tool("method: POST, callback: {done: {/state: ok}, failed: {/state: [bad, gone]},"
                + " error: /why, progress: /pc, progress_max: 100}");
        RecordedCall call = new RecordedCall("{}").start(tool);
        post("{\"state\":\"working\",\"pc\":40}");
        post("{\"state\":\"gone\",\"why\":\"evicted\"}");
        assertThat(call.await()).isEqualTo(ToolResult.failure(FailureKind.TOOL_ERROR, "evicted"));
        assertThat(call.progress()).containsExactly(new RecordedCall.Progress(0.4, null));
    }

    @ParameterizedTest
    @CsvSource({
        "'progress_max: 100', 40, 0.4",
        "'progress: /progress, progress_max: 100', 40, 0.4",
        "'progress: /pc, progress_max: 100', 0.4, 0.4",
        "'progress: /progress', 0.4, 0.4"
    })
    void theMostProgressHoldsForLinesOfTheProtocol(String settings, String told, double fraction) throws Exception {
        RecordedCall call = new RecordedCall("{}").start(tool("method: POST, callback: {" + settings + "}"));
        post("{\"progress\":" + told + ",\"message\":\"on the way\"}");
        post("{\"result\":1}");
        assertThat(call.await()).isEqualTo(new ToolResult.Success("1"));
        assertThat(call.progress()).containsExactly(new RecordedCall.Progress(fraction, "on the way"));
    }

    @Test
    void whatTheSettingsCallDoneOrFailedIsNotTakenForALineOfTheProtocol() throws Exception {
        String settings = "method: POST, callback: {done: {/progress: 100}, failed: {/log: gone}, error: /log}";
        RecordedCall call = new RecordedCall("{}").start(tool(settings));
        post("{\"progress\":100}");
        assertThat(call.await()).isEqualTo(new ToolResult.Success("{\"progress\":100}"));
        RecordedCall failed = new RecordedCall("{}").start(tool(settings));
        post("{\"log\":\"gone\"}");
        assertThat(failed.await()).isEqualTo(ToolResult.failure(FailureKind.TOOL_ERROR, "gone"));
    }

    @Test
    void aFailureMaySayThatItIsFinal() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(tool("method: POST, callback: {}"));
        post("{\"error\":{\"message\":\"no such gene\",\"retryable\":false}}");
        assertThat(call.await()).isEqualTo(new ToolResult.Failure(FailureKind.TOOL_ERROR, "no such gene", false));
    }

    @Test
    void bodiesForALostAttemptAreNotRequestedAgain() throws Exception {
        posted.add("{\"log\":\"begun\"}");
        posted.add("{\"result\":1}");
        assertThat(new RecordedCall("{}")
                        .start(tool("method: POST, callback: {}"))
                        .await())
                .isEqualTo(new ToolResult.Success("1"));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aServerThatDoesNotTakeTheWorkIsAFailureAtOnce() throws Exception {
        server.on("/busy", (request, exchange) -> exchange.json(503, ""));
        ToolResult result = new RecordedCall("{}")
                .start(tool("method: POST, callback: {}", "/busy"))
                .await();
        assertThat(((ToolResult.Failure) result).kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(closed).isTrue();
    }

    @Test
    void aCancelTellsTheServerAndClosesTheAddress() throws Exception {
        server.on("/jobs/7", (request, exchange) -> {
            exchange.json(200, "");
            posted.add("cancelled");
        });
        RecordedCall call = new RecordedCall("{}")
                .start(tool("method: POST, callback: {}, cancel: {method: POST, url: '/jobs/{answer.id}'}"));
        post("{\"log\":\"started\"}");
        call.awaitFirstLine().cancel();
        call.awaitEnd();
        assertThat(posted.poll(5, TimeUnit.SECONDS)).isEqualTo("cancelled");
        assertThat(closed).isTrue();
    }

    /** Posts after the request was made, like a server. */
    private void post(String body) throws InterruptedException {
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        posted.add(body);
    }

    private RegisteredTool tool(String settings) throws Exception {
        return tool(settings, "/work");
    }

    private RegisteredTool tool(String settings, String path) throws Exception {
        Path file = Files.writeString(
                folder.resolve("tools.yml"),
                "[{type: http, name: t, url: '" + server.url() + path + "', " + settings + "}]");
        return new ToolFiles().load(file, toolContext).get(0);
    }

    /** An address without a server, for bodies that the test posts. */
    private final class QueuedAddress implements Callbacks.Address {
        @Override
        public String url() {
            return URL;
        }

        @Override
        public Optional<String> next(Duration longest) throws InterruptedException {
            return Optional.ofNullable(posted.poll(longest.toMillis(), TimeUnit.MILLISECONDS));
        }

        @Override
        public void leave() {
            // The test has nothing to do here.
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }
}
