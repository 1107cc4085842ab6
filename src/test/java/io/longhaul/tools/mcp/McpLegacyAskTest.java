package io.longhaul.tools.mcp;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Servers of the older era ask by a request of their own on the stream of the call. */
final class McpLegacyAskTest extends McpAskContract {
    private static StandInEndpoint endpoint;
    private static LiveServer server;

    @BeforeAll
    static void startServer() throws Exception {
        endpoint = new StandInEndpoint(false);
        server = new LiveServer("url: '" + endpoint.url() + "'").awaitTools();
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
}
