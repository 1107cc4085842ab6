package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.stdio.Server;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.Wire;
import io.longhaul.tools.http.StandIn;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts that start a program cancel requests through it, whether the server is there or away for a moment. */
class StdioCancellingTest {
    private static final String STEP = "{\"name\": \"step\", \"_meta\": {\"progressToken\": 7}}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "auth: {allowedHosts: [%s]}\n".formatted(Wire.HOST));

    private static URI url(Wire wire) {
        return URI.create("http://" + Wire.HOST + ":" + wire.port() + "/mcp");
    }

    private static void awaitCancelled(Step... steps) {
        for (Step step : steps) {
            Await.until(
                    "the job is cancelled",
                    Await.LONG,
                    () -> NODE.status(step.id()).equals("cancelled"));
        }
    }

    @Test
    void aHostThatCancelsARequestStopsTheJobAndGetsNoAnswer() throws Exception {
        URI node = URI.create(NODE.url());
        try (StdioHost modern = new StdioHost(node, null);
                StdioHost legacy = new StdioHost(node, null).initialize("2025-11-25")) {
            modern.modern(1, "tools/call", STEP, "{}");
            Step first = NODE.claim("step");
            legacy.legacy(1, "tools/call", STEP);
            Step second = NODE.claim("step");
            for (StdioHost host : List.of(modern, legacy)) {
                host.notice("notifications/cancelled", "{\"requestId\": 1}");
            }
            awaitCancelled(first, second);
            assertThat(modern.modern(2, "tools/list", "{}", "{}")
                            .next()
                            .path("id")
                            .asInt())
                    .isEqualTo(2);
            assertThat(legacy.legacy(2, "ping", "{}").next().path("id").asInt()).isEqualTo(2);
        }
    }

    @Test
    void aCallThatIsCancelledWhileTheServerIsAwayIsCancelledWhenItIsBack() throws Exception {
        Server.Patience patience = new Server.Patience(Duration.ZERO, Await.LONG);
        URI node = URI.create(NODE.url());
        try (Wire wire = new Wire(node.getHost(), node.getPort());
                StdioHost modern = new StdioHost(url(wire), null, patience);
                StdioHost legacy = new StdioHost(url(wire), null, patience).initialize("2025-11-25")) {
            modern.modern(1, "tools/call", STEP, "{}");
            Step first = NODE.claim("step");
            legacy.legacy(1, "tools/call", STEP);
            Step second = NODE.claim("step");
            first.progress(0.5, "half");
            second.progress(0.5, "half");
            modern.next();
            legacy.next();
            wire.cut();
            for (StdioHost host : List.of(modern, legacy)) {
                host.notice("notifications/cancelled", "{\"requestId\": 1}");
            }
            wire.join();
            awaitCancelled(first, second);
        }
    }

    /** The first answer to a call is lost, after the host has cancelled it. */
    @Test
    void aCallThatIsCancelledBeforeItHasBegunIsCancelledWhenItBegins() throws Exception {
        String job = UUID.randomUUID().toString();
        CountDownLatch cancelled = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        try (StandIn server = new StandIn().on("/mcp", (request, exchange) -> {
                    if (!request.body().contains("tools/call")) {
                        exchange.json(200, "{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {}}");
                    } else if (calls.incrementAndGet() == 1) {
                        cancelled.await();
                    } else {
                        exchange.header("Longhaul-Job", job).text(200, "text/event-stream", ":\n\n");
                    }
                });
                StdioHost host = new StdioHost(URI.create(server.url() + "/mcp"), null)) {
            host.modern(1, "tools/call", STEP, "{}");
            Await.until("it is sent", Await.LONG, () -> calls.get() == 1);
            host.notice("notifications/cancelled", "{\"requestId\": 1}");
            host.modern(2, "tools/list", "{}", "{}").next();
            cancelled.countDown();
            Await.until(
                    "its job is cancelled",
                    Await.LONG,
                    () -> server.requests().stream()
                            .map(StandIn.Request::body)
                            .anyMatch(body -> body.contains("tasks/cancel") && body.contains(job)));
            assertThat(calls).hasValue(2);
        }
    }

    /** The host has never heard of the task, so nobody else could cancel it. */
    @Test
    void aTaskIsCancelledWhoseCallWasCancelledBeforeItsAnswer() throws Exception {
        String job = UUID.randomUUID().toString();
        CountDownLatch cancelled = new CountDownLatch(1);
        try (StandIn server = new StandIn().on("/mcp", (request, exchange) -> {
                    if (request.body().contains("tools/call")) {
                        cancelled.await();
                        exchange.header("Longhaul-Job", job);
                    }
                    exchange.json(
                            200, "{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {\"taskId\": \"%s\"}}".formatted(job));
                });
                StdioHost host = new StdioHost(URI.create(server.url() + "/mcp"), null)) {
            host.modern(1, "tools/call", STEP, "{}");
            Await.until("it is sent", Await.LONG, () -> asked(server, "tools/call"));
            host.notice("notifications/cancelled", "{\"requestId\": 1}");
            host.modern(2, "tools/list", "{}", "{}").next();
            cancelled.countDown();
            Await.until(
                    "its job is cancelled",
                    Await.LONG,
                    () -> asked(server, "tasks/cancel") && asked(server, "\"taskId\":\"" + job));
        }
    }

    private static boolean asked(StandIn server, String words) {
        return server.requests().stream().anyMatch(request -> request.body().contains(words));
    }

    /** A node that was lost comes back with too much to do, and then refuses the call. */
    @Test
    void aCallThatIsRefusedAfterItsAnswerWasLostIsJoinedByTheSameCall() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (StandIn server = new StandIn().on("/mcp", (request, exchange) -> {
                    switch (calls.incrementAndGet()) {
                        case 1 -> exchange.text(200, "text/event-stream", ":\n\n");
                        case 2 -> exchange.json(429, "{}");
                        case 3 -> exchange.json(400, "{}");
                        default -> exchange.json(200, "{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {}}");
                    }
                });
                StdioHost host = new StdioHost(URI.create(server.url() + "/mcp"), null)) {
            assertThat(host.modern(1, "tools/call", STEP, "{}").next().has("error"))
                    .isTrue();
            assertThat(host.modern(2, "tools/call", STEP, "{}").next().has("result"))
                    .isTrue();
            assertThat(server.requests().stream()
                            .map(request -> request.body().replaceAll(".*\"io.longhaul/callId\":\"([^\"]+)\".*", "$1"))
                            .distinct())
                    .hasSize(1);
            assertThat(calls).hasValue(4);
        }
    }
}
