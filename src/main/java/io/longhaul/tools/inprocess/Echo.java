package io.longhaul.tools.inprocess;

import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;

/** Its result is its params. */
final class Echo implements Tool {
    private final ToolDescription description =
            BuiltIn.describe("echo", "Its result is its params, unchanged. Takes any params.", "{}");

    @Override
    public ToolDescription description() {
        return description;
    }

    @Override
    public ToolResult call(ToolCall call) {
        return new ToolResult.Success(call.paramsJson());
    }
}
