package io.longhaul.tools.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.childprocess.Leftovers;
import io.longhaul.tools.secrets.RequestCredentials;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class McpServerTest {
    private static final ToolResult FINE = new ToolResult.Success("\"fine\"");

    @TempDir
    Path folder;

    @Test
    void aServerThatDiesIsStartedAgain() throws Exception {
        try (LiveServer server = new LiveServer(LiveServer.program("legacy")).awaitTools()) {
            ToolResult.Failure lost = (ToolResult.Failure) call(server.tool("s.die"), "{}");
            assertThat(lost.kind()).isEqualTo(FailureKind.UNAVAILABLE);
            assertThat(lost.message()).contains("unknown");
            assertThat(lost.retryable()).as("nobody knows what it had done").isFalse();
            ToolResult.Failure again = (ToolResult.Failure) call(server.tool("s.repeatable"), "{}");
            assertThat(again.retryable()).as("it may be repeated").isTrue();
            assertThat(call(server.tool("s.echo"), "{\"v\": 1}")).isEqualTo(new ToolResult.Success("{\"v\":1}"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEndlessAnswerFailsItsCallAndTheProgramIsStartedAgain(boolean idFirst) throws Exception {
        try (LiveServer server = new LiveServer(
                        "max_response: 1MiB, start_timeout: 20s, " + LiveServer.program("legacy"))
                .awaitTools()) {
            RecordedCall call = new RecordedCall("{\"idFirst\": " + idFirst + "}").start(server.tool("s.unending"));
            ToolResult.Failure failure = (ToolResult.Failure) call.await();
            assertThat(failure.kind()).isEqualTo(FailureKind.RESULT_TOO_LARGE);
            await(() -> succeeds(server.tool("s.echo")));
        }
    }

    @Test
    void noProcessIsLeftWhenTheNodeStops() throws Exception {
        String mark = "TEST_MARK=" + UUID.randomUUID();
        try (LiveServer server = new LiveServer(
                        LiveServer.program("modern", "child") + ", env: {TEST_MARK: " + mark.substring(10) + "}")
                .awaitTools()) {
            assertThat(Leftovers.with(mark)).hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(Leftovers.with(mark)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTaskIsPolledUntilItIsDone(boolean modern) throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(modern);
                LiveServer server = new LiveServer("url: '" + endpoint.url() + "'").awaitTools()) {
            RecordedCall call = new RecordedCall("{}").start(server.tool("s.research"));
            assertThat(call.await()).isEqualTo(new ToolResult.Success("\"researched\""));
            assertThat(call.progress())
                    .extracting(RecordedCall.Progress::message)
                    .contains("step 1", "step 2");
        }
    }

    @Test
    void paramsGoIntoTheHeadersTheServerAsksFor() throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(true);
                LiveServer server = new LiveServer("url: '" + endpoint.url() + "'").awaitTools()) {
            call(server.tool("s.mirror"), "{\"region\": \"Zürich\"}");
            assertThat(endpoint.server.requests())
                    .last()
                    .satisfies(request ->
                            assertThat(request.header("Mcp-param-region")).isEqualTo("=?base64?WsO8cmljaA==?="))
                    .satisfies(request -> assertThat(request.header("Mcp-name")).isEqualTo("mirror"))
                    .satisfies(request ->
                            assertThat(request.header("Mcp-protocol-version")).isEqualTo("2026-07-28"));
        }
    }

    @Test
    void callsInASessionThatTheServerHasForgottenAreMadeAgainInTheNext() throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(false);
                LiveServer server = new LiveServer("url: '" + endpoint.url() + "'").awaitTools()) {
            endpoint.session = "another";
            RecordedCall other = new RecordedCall("{\"v\": 1}").start(server.tool("s.echo"));
            assertThat(call(server.tool("s.echo"), "{\"v\": 2}")).isEqualTo(new ToolResult.Success("{\"v\":2}"));
            assertThat(other.await()).as("sent to the same session").isEqualTo(new ToolResult.Success("{\"v\":1}"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"busy", "silent", "wrong", "broken"})
    void aCallGoesOnAlthoughTheToolsCannotBeListedMeanwhile(String how) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (WrongServer wrong = changing(done).on("tools/list", (exchange, message, times) -> {
                    switch (times == 1 ? "right" : how) {
                        case "right" -> exchange.json(200, WrongServer.wrapped(message, WrongServer.LISTED));
                        case "busy" -> exchange.json(503, "");
                        case "silent" -> await(new CountDownLatch(1));
                        case "wrong" -> exchange.json(200, WrongServer.wrapped(message, "{'tools': 1}"));
                        default -> exchange.text(200, "text/event-stream", ": nothing\n\n");
                    }
                });
                LiveServer server = new LiveServer(wrong.settings()).awaitTools()) {
            RecordedCall call = new RecordedCall("{}").start(server.tool("s.t"));
            await(() -> wrong.times("tools/list") == 2);
            // Only when it has heard that they cannot be listed does the node ask again, as the next call wants.
            assertThat(call(server.tool("s.t"), "{}")).isEqualTo(FINE);
            await(() -> wrong.times("tools/list") == 3);
            assertThat(wrong.times("server/discover")).as("connections").isEqualTo(1);
            assertThat(server.live.trouble()).isEmpty();
            done.countDown();
            assertThat(call.await()).isEqualTo(FINE);
        }
    }

    @Test
    void aServerThatDoesNotListItsToolsIsConnectedToAgainWhenNoCallRuns() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (WrongServer wrong = changing(done).on("tools/list", (exchange, message, times) -> {
                    if (times == 2) {
                        await(ended);
                        exchange.json(503, "");
                    } else {
                        exchange.json(200, WrongServer.wrapped(message, WrongServer.LISTED));
                    }
                });
                LiveServer server = new LiveServer(wrong.settings()).awaitTools()) {
            done.countDown();
            RecordedCall call = new RecordedCall("{}").start(server.tool("s.t"));
            assertThat(call.await()).isEqualTo(FINE);
            await(() -> wrong.times("tools/list") == 2);
            ended.countDown();
            await(() -> wrong.times("server/discover") == 2);
            assertThat(call(server.tool("s.t"), "{}")).isEqualTo(FINE);
        }
    }

    @Test
    void aServerIsFollowedAgainAfterMemoryRanOutTwice() throws Exception {
        AtomicBoolean noted = new AtomicBoolean();
        try (WrongServer wrong = new WrongServer()) {
            McpServer server = new McpServer(
                    "s",
                    () -> new HttpTransport(new HttpTransport.Target(
                            URI.create(wrong.http().url() + "/mcp"), Map.of(), RequestCredentials.NONE, 1024)),
                    new Handshake(Handshake.Era.AUTO, Duration.ofSeconds(5)),
                    (made, listed, modern) -> {
                        if (wrong.times("tools/list") == 1) {
                            throw new OutOfMemoryError("test");
                        }
                        return Optional.empty();
                    },
                    trouble -> {
                        if (!noted.getAndSet(true)) {
                            throw new OutOfMemoryError("test");
                        }
                        return trouble;
                    });
            CountDownLatch found = new CountDownLatch(1);
            server.start(tools -> found.countDown());
            assertThat(found.await(20, TimeUnit.SECONDS)).isTrue();
            server.stop();
        }
    }

    /** A server that says at the beginning of each call that its tools have changed; the first call waits for its answer. */
    private static WrongServer changing(CountDownLatch answer) {
        return new WrongServer().on("tools/call", (exchange, message, times) -> {
            exchange.header("Content-Type", "text/event-stream").http().sendResponseHeaders(200, 0);
            OutputStream out = exchange.http().getResponseBody();
            String changed = "{'jsonrpc': '2.0', 'method': 'notifications/tools/list_changed'}".replace('\'', '"');
            out.write(("data: " + changed + "\n\n").getBytes(UTF_8));
            out.flush();
            if (times == 1) {
                await(answer);
            }
            String result = WrongServer.wrapped(message, "{'content': [{'type': 'text', 'text': 'fine'}]}");
            out.write(("data: " + result + "\n\n").getBytes(UTF_8));
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aServerThatIsNotThereYetIsWaitedFor() throws Exception {
        StandInEndpoint gone = new StandInEndpoint(true);
        String url = gone.url();
        gone.close();
        try (LiveServer server = new LiveServer("start_timeout: 200ms, url: '" + url + "'")) {
            await(() -> server.live.trouble().orElse("").contains("cannot be reached"));
            assertThat(server.live.trouble().orElseThrow()).startsWith("MCP server s does not work: ");
            assertThat(server.registry.names()).isEmpty();
        }
    }

    @Test
    void anEndlessListOfToolsIsGivenUp() throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(true)) {
            endpoint.tools.listsForEver = true;
            try (LiveServer server = new LiveServer("url: '" + endpoint.url() + "'")) {
                await(() -> server.live
                        .trouble()
                        .orElse("")
                        .contains("its list of tools does not end: a cursor comes twice"));
                endpoint.tools.listsForEver = false;
                server.awaitTools();
            }
        }
    }

    @Test
    void aProgramThatEndsIsQuotedWithoutItsSecrets() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "hush-hush");
        try (LiveServer server =
                new LiveServer("command: [sh, -c, 'echo Error: no module $KEY >&2; echo at line 3 >&2; exit 3'],"
                        + " secret_env: {KEY: {file: '" + secret + "'}}")) {
            await(() -> server.live.trouble().orElse("").contains("ended"));
            assertThat(server.live.trouble().orElseThrow())
                    .contains("its process ended with exit code 3, after it wrote: Error: no module ***");
        }
    }

    @Test
    void toolsCanBeChosenAndNamed() throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(true);
                LiveServer server = new LiveServer(
                                "prefix: '', only: [echo, blocks], timeout: 3m, url: '" + endpoint.url() + "'")
                        .awaitTools()) {
            assertThat(server.registry.names()).containsExactly("blocks", "echo");
            RegisteredTool echo = server.tool("echo");
            assertThat(echo.policy().timeout()).hasMinutes(3);
            assertThat(echo.description().description()).isEqualTo("The tool echo");
            assertThat(echo.check(RecordedCall.JSON.readTree("[]"))).isNotEmpty();
            assertThat(call(server.tool("blocks"), "{}"))
                    .isEqualTo(new ToolResult.Success("{\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                            + "{\"type\":\"image\",\"data\":\"AA==\",\"mimeType\":\"image/png\"}]}"));
        }
    }

    private static ToolResult call(RegisteredTool tool, String params) throws Exception {
        return new RecordedCall(params).start(tool).await();
    }

    private static boolean succeeds(RegisteredTool tool) {
        try {
            return new RecordedCall("{\"v\": 1}").start(tool).await() instanceof ToolResult.Success;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 20 s").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
