package io.longhaul.tools.mcp;

import io.longhaul.tools.AskContract;
import io.longhaul.tools.RegisteredTool;

/** The tests that asking tools of MCP servers share for both eras. */
abstract class McpAskContract extends AskContract {
    abstract LiveServer server();

    @Override
    protected RegisteredTool asking() {
        return server().tool("s.asking");
    }

    @Override
    protected RegisteredTool askingTwice() {
        return server().tool("s.asking-twice");
    }
}
