package io.longhaul.tools;

import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;

/** A tool that no node runs: workers claim its jobs over HTTP. */
public record RemoteTool(ToolDescription description) implements Tool {
    @Override
    public ToolResult call(ToolCall call) {
        return ToolResult.failure(FailureKind.UNAVAILABLE, "Only remote workers do the work of this tool.");
    }
}
