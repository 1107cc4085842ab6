package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A request under way.
 *
 * @param id its JSON-RPC id and progress token
 * @param listener told what comes before the answer
 * @param headers sent with it, where there are headers
 * @param answer the result, or a {@link RpcException}, {@link LostException} or {@link TooLargeException}
 * @param abort breaks off its own stream, where it has one
 */
record PendingRequest(
        String id,
        Listener listener,
        Map<String, String> headers,
        CompletableFuture<JsonNode> answer,
        CompletableFuture<Runnable> abort) {
    PendingRequest(String id, Listener listener, Map<String, String> headers) {
        this(id, listener, headers, new CompletableFuture<>(), new CompletableFuture<>());
    }

    /** Takes what a server tells while it works. */
    interface Listener {
        /** For requests that are answered at once. */
        Listener NONE = new Listener() {
            @Override
            public void progress(JsonNode params) {
                // Nobody asked.
            }

            @Override
            public void log(String text) {
                // Nobody asked.
            }
        };

        /** The params of {@code notifications/progress}. */
        void progress(JsonNode params);

        /** A log message, maybe of several lines. */
        void log(String text);
    }

    void fail(Exception why) {
        answer.completeExceptionally(why);
    }
}
