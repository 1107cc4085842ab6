package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A message of a client.
 *
 * @param id of a request; null for what is not answered
 * @param method what is asked or told; null for the answer to a request of the server
 * @param params of the method; empty if there are none
 */
public record RpcMessage(JsonNode id, String method, ObjectNode params) {
    private static final int BAD_REQUEST = 400;

    /**
     * Reads a message.
     *
     * @param body any JSON object
     * @return the message
     * @throws RpcError if it is none
     */
    public static RpcMessage of(ObjectNode body) {
        if (!"2.0".equals(body.path("jsonrpc").textValue())) {
            throw invalid("the member jsonrpc must be \"2.0\"");
        }
        JsonNode id = body.get("id");
        if (id != null && !id.isTextual() && !id.isIntegralNumber()) {
            throw invalid("the id of a request must be a string or a whole number");
        }
        JsonNode method = body.get("method");
        if (method == null && !body.has("result") && !body.has("error")) {
            throw invalid("it has neither a method nor a result");
        }
        if (method != null && !method.isTextual()) {
            throw invalid("the method must be a string");
        }
        return new RpcMessage(id, method == null ? null : method.textValue(), params(body.get("params")));
    }

    /**
     * Whether nobody waits for an answer.
     *
     * @return true for notifications, and for answers to requests of the server
     */
    public boolean isNotification() {
        return id == null || method == null;
    }

    private static ObjectNode params(JsonNode params) {
        if (params == null) {
            return Rpc.object();
        }
        if (!(params instanceof ObjectNode object)) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: params must be an object.")
                    .withStatus(BAD_REQUEST);
        }
        if (object.has("_meta") && !object.get("_meta").isObject()) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: _meta must be an object.")
                    .withStatus(BAD_REQUEST);
        }
        return object;
    }

    private static RpcError invalid(String what) {
        return new RpcError(RpcError.INVALID_REQUEST, "This is no message of JSON-RPC 2.0: " + what + ".")
                .withStatus(BAD_REQUEST);
    }

    /**
     * What is said beside the params.
     *
     * @return a missing node if nothing is
     */
    public JsonNode meta() {
        return params.path("_meta");
    }

    /**
     * A param that must be there.
     *
     * @param name of a text
     * @return the text
     * @throws RpcError if it is missing or no text
     */
    public String text(String name) {
        JsonNode value = params.path(name);
        if (!value.isTextual()) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS, "Invalid params: " + method + " needs the string '" + name + "'.");
        }
        return value.textValue();
    }
}
