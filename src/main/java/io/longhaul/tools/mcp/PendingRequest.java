package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A request under way.
 *
 * @param id its JSON-RPC id and progress token
 * @param listener hears progress and log lines before the answer
 * @param headers sent with it over HTTP
 * @param answer the result, or a {@link RpcException}, {@link LostException} or {@link TooLargeException}
 * @param abort aborts the request's own stream, if it has one
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

    /** Hears messages about a request before its answer. */
    interface Listener {
        /** Ignores all. */
        Listener NONE = new Listener() {};

        /** The params of {@code notifications/progress}. */
        default void progress(JsonNode params) {}

        /**
         * A request of the server that belongs to this one.
         *
         * @return the result, later; null if nobody here takes it
         */
        default CompletableFuture<ObjectNode> asked(JsonNode request) {
            return null;
        }

        /** The task for whose result the request waits, or null. */
        default String task() {
            return null;
        }

        /** A log message, possibly of several lines. */
        default void log(String text) {}
    }

    void fail(Exception why) {
        answer.completeExceptionally(why);
    }
}
