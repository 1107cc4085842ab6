package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Makes messages of JSON-RPC 2.0. */
public final class Rpc {
    private Rpc() {}

    /**
     * An empty object.
     *
     * @return a new object
     */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /**
     * The answer to a request.
     *
     * @param id of the request
     * @param result result of the method
     * @return a message
     */
    public static ObjectNode result(JsonNode id, ObjectNode result) {
        ObjectNode message = message();
        message.set("id", id);
        message.set("result", result);
        return message;
    }

    /**
     * The answer to a request that is refused or has failed.
     *
     * @param id of the request, or null where it could not be read
     * @param error the error
     * @return a message
     */
    public static ObjectNode error(JsonNode id, RpcError error) {
        ObjectNode message = message();
        message.set("id", id);
        message.set("error", error.json());
        return message;
    }

    /**
     * A request.
     *
     * @param id repeated by its answer
     * @param method one of {@link Methods}
     * @param params of the method
     * @return a message
     */
    public static ObjectNode request(String id, String method, ObjectNode params) {
        return notification(method, params).put("id", id);
    }

    /**
     * A message that is not answered.
     *
     * @param method one of {@link Methods}
     * @param params of the method, or null
     * @return a message
     */
    public static ObjectNode notification(String method, ObjectNode params) {
        ObjectNode message = message().put("method", method);
        if (params != null) {
            message.set("params", params);
        }
        return message;
    }

    /**
     * The member {@code _meta}, made if there is none.
     *
     * @param object params or a result
     * @return a new object
     */
    public static ObjectNode meta(ObjectNode object) {
        return object.withObjectProperty("_meta");
    }

    private static ObjectNode message() {
        return object().put("jsonrpc", "2.0");
    }
}
