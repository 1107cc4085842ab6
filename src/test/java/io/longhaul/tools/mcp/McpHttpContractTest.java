package io.longhaul.tools.mcp;

import io.longhaul.tools.RecordedCall;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

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

    @Override
    protected boolean awaitStopped(RecordedCall call, long deadline) throws InterruptedException {
        while (endpoint.tools.working.get() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return endpoint.tools.working.get() == 0;
    }
}
