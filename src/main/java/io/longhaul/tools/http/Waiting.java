package io.longhaul.tools.http;

import io.longhaul.tools.Refusal;
import io.longhaul.tools.spi.ToolResult;

/** The answer is the result. */
final class Waiting implements Style {
    @Override
    public ToolResult run(Conversation conversation, Requests requests) throws Refusal, InterruptedException {
        return requests.rules().result(requests.start());
    }
}
