package io.longhaul.tools.inprocess;

import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;

/** Answers at once: {@code {"pong": true}}. Shows that jobs are run at all. */
final class Ping implements Tool {
    private static final ToolResult PONG = new ToolResult.Success("{\"pong\":true}");

    private final ToolDescription description = BuiltIn.describe(
            "ping", "Answers {\"pong\": true} at once: shows that jobs are being run. Takes any params.", "{}");

    @Override
    public ToolDescription description() {
        return description;
    }

    @Override
    public ToolResult call(ToolCall call) {
        return PONG;
    }
}
