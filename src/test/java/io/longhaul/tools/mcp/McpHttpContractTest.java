package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.RecordedCall;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tools of MCP servers of the newer era, over HTTP, keep the contract. */
final class McpHttpContractTest extends McpContract {
    private static StandInEndpoint endpoint;
    private static LiveServer server;

    @BeforeAll
    static void startServer() throws Exception {
        endpoint = new StandInEndpoint(true);
        server = new LiveServer("max_response: 1MiB, url: '" + endpoint.url() + "'").awaitTools();
    }

    @AfterAll
    static void stopServer() {
        server.close();
        endpoint.close();
    }

    @Override
    LiveServer server() {
        return server;
    }

    @Override
    LiveServer withSecret(Path file) throws Exception {
        return new LiveServer("auth: {header: X-Key, value: {file: " + file + "}}, url: '" + endpoint.url() + "'")
                .awaitTools();
    }

    @Override
    LiveServer mortal() throws Exception {
        return new LiveServer("start_timeout: 5s, url: '" + endpoint.url() + "'").awaitTools();
    }

    @Test
    void theTraceOfAJobIsPassedOn() throws Exception {
        RecordedCall call = new RecordedCall("{\"v\": 1}");
        call.start(server.tool("s.echo")).await();

        String sent = endpoint.server.requests().stream()
                .filter(request -> request.body().contains("\"tools/call\""))
                .reduce((first, second) -> second)
                .orElseThrow()
                .body();
        assertThat(RecordedCall.JSON
                        .readTree(sent)
                        .at("/params/_meta/traceparent")
                        .asText())
                .matches("00-" + call.traceId() + "-[0-9a-f]{16}-01");
    }

    @Override
    protected boolean awaitStopped(RecordedCall call, long deadline) throws InterruptedException {
        while (endpoint.tools.working.get() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return endpoint.tools.working.get() == 0;
    }
}
