package io.longhaul.tools.http;

import io.longhaul.tools.Refusal;
import io.longhaul.tools.spi.ToolResult;

/** How a tool comes to its result. */
interface Style {
    /**
     * Does the work of one call.
     *
     * @param conversation with the server
     * @param request the tool's requests
     * @throws Refusal if it comes to no result
     * @throws InterruptedException when the call ends early
     */
    ToolResult run(Conversation conversation, Requests request) throws Refusal, InterruptedException;
}
