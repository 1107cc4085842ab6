package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.HeaderValue;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.RequestHeaders;
import io.longhaul.mcp.protocol.RpcMessage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message of the client.
 *
 * @param body as it is sent on
 * @param message what it says
 */
record Request(ObjectNode body, RpcMessage message) {
    JsonNode id() {
        return message.id();
    }

    boolean is(String method) {
        return method.equals(message.method());
    }

    /** What people call it. */
    String name() {
        return message.method() == null ? "the answer to its request" : message.method();
    }

    /** Whether it stands for itself, without a session. */
    boolean isModern() {
        return message.meta().has(Protocol.META_VERSION) || is("server/discover");
    }

    /** What a modern message repeats in headers. */
    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>(RequestHeaders.of(message.method(), message.params()));
        JsonNode version = message.meta().path(Protocol.META_VERSION);
        if (version.isTextual()) {
            headers.put(Protocol.VERSION_HEADER, HeaderValue.encode(version.textValue()));
        }
        return headers;
    }

    /** Whether it is a call that can be given an id, by which the server knows it again. */
    boolean isCall() {
        return is("tools/call") && body.path("params").isObject();
    }

    /** What it calls, in the same words for the same call. */
    String called() {
        return message.params().path("name") + " "
                + Json.sorted(message.params().path("arguments"));
    }

    /** Says which call it is, unless the client has. */
    void identify(String callId) {
        ObjectNode meta = message.params().withObjectProperty("_meta");
        if (!meta.has(LonghaulNames.CALL)) {
            meta.put(LonghaulNames.CALL, callId);
        }
    }
}
