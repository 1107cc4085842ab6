package io.longhaul.tools.http;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.spi.ToolResult;

/** How a tool comes to its result. */
interface Completion {
    /** The first answer is the result. */
    Completion AT_ONCE = (conversation, requests) -> requests.rules().result(requests.start());

    /**
     * Does the work of one call.
     *
     * @param conversation with the server
     * @param request the tool's requests
     * @throws CallFailure if it comes to no result
     * @throws InterruptedException when the call ends early
     */
    ToolResult run(Conversation conversation, CallRequests request) throws CallFailure, InterruptedException;
}
