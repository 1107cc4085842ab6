package io.longhaul.tools.http;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.spi.ToolResult;

/** The way from a tool's first request to its result: at once, by polling or by callback. */
interface Completion {
    /** The first answer is the result. */
    Completion AT_ONCE = (conversation, requests) -> requests.rules().result(requests.start());

    /**
     * Does the work of one call.
     *
     * @throws CallFailure if there is no result
     * @throws InterruptedException when the call ends early
     */
    ToolResult run(Conversation conversation, CallRequests request) throws CallFailure, InterruptedException;
}
