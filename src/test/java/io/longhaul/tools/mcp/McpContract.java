package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The tests that tools of MCP servers share for both transports. */
abstract class McpContract extends ToolContract {
    private final List<LiveServer> started = new ArrayList<>();

    /** A server with all tools of {@link StandInTools}, used by all tests. */
    abstract LiveServer server() throws Exception;

    /** Another server, with the secret in the file. */
    abstract LiveServer withSecret(Path secretFile) throws Exception;

    /** Another server, which the test will stop. */
    abstract LiveServer mortal() throws Exception;

    @AfterEach
    void stop() {
        started.forEach(LiveServer::close);
    }

    private RegisteredTool tool(String name) {
        try {
            return server().tool("s." + name);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Arguments of MCP tools are objects. */
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
        try (LiveServer mortal = mortal()) {
            return mortal.tool("s.echo");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected RegisteredTool flooding() {
        return tool("flooding");
    }

    @Override
    protected RegisteredTool unstorable() {
        return tool("odd");
    }

    @Override
    protected RegisteredTool endless() {
        return tool("endless");
    }

    @Override
    protected RegisteredTool leaking(Path secretFile) throws Exception {
        return secretive(secretFile).tool("s.leaking");
    }

    @Override
    protected RegisteredTool leakingFailure(Path secretFile) throws Exception {
        return secretive(secretFile).tool("s.denied");
    }

    private LiveServer secretive(Path secretFile) throws Exception {
        LiveServer server = withSecret(secretFile);
        started.add(server);
        return server;
    }
}
