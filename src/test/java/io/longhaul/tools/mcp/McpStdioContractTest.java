package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.spi.ToolResult;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Tools of MCP servers of the older era, which run as programs, keep the contract. */
final class McpStdioContractTest extends McpContract {
    private static LiveServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = new LiveServer("max_response: 1MiB, " + LiveServer.program("legacy")).awaitTools();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    LiveServer server() {
        return server;
    }

    @Override
    LiveServer withSecret(Path file) throws Exception {
        return new LiveServer("secret_env: {KEY: {file: " + file + "}}, " + LiveServer.program("modern")).awaitTools();
    }

    @Override
    LiveServer mortal() throws Exception {
        return new LiveServer("start_timeout: 5s, " + LiveServer.program("legacy")).awaitTools();
    }

    @Override
    protected boolean awaitStopped(RecordedCall call, long deadline) throws Exception {
        while (working() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return working() == 0;
    }

    private static int working() throws Exception {
        ToolResult result =
                new RecordedCall("{}").start(server.tool("s.working")).await();
        JsonNode json = RecordedCall.JSON.readTree(((ToolResult.Success) result).json());
        return json.path("working").intValue();
    }
}
