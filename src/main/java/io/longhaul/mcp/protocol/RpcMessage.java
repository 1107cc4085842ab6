package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A message of a client.
 *
 * @param id id of a request; null for a notification
 * @param method one of {@link Methods}, or an unknown one; null for the answer to a request of the server
 * @param params params of the method, or the result of an answer; empty if there is none
 * @param error the error of an answer; null if there is none
 */
public record RpcMessage(JsonNode id, String method, ObjectNode params, JsonNode error) {
    private static final int BAD_REQUEST = 400;

    /** Ids and tokens are repeated in each message about a request, and in the ids of events, which are headers. */
    private static final int LONGEST_ID = 1_000;

    /**
     * A message without an error.
     *
     * @param id id of a request, or null
     * @param method the method, or null
     * @param params params or result
     */
    public RpcMessage(JsonNode id, String method, ObjectNode params) {
        this(id, method, params, null);
    }

    /**
     * Reads a message.
     *
     * @param body any JSON object
     * @return the message
     * @throws RpcError if it is not a message of JSON-RPC 2.0
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
        if (id != null && method != null && Json.bytes(id).length > LONGEST_ID) {
            throw invalid("the id of a request has more than " + LONGEST_ID + " bytes");
        }
        if (method == null && !body.has("result") && !body.has("error")) {
            throw invalid("it has neither a method nor a result");
        }
        if (method != null && !method.isTextual()) {
            throw invalid("the method must be a string");
        }
        return method == null
                ? new RpcMessage(
                        id,
                        null,
                        body.get("result") instanceof ObjectNode result ? result : Rpc.object(),
                        body.get("error"))
                : new RpcMessage(id, method.textValue(), params(body.get("params")));
    }

    /**
     * True if the message is not answered.
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
        JsonNode token = object.path("_meta").path(Protocol.META_PROGRESS_TOKEN);
        if (!isAbsent(token) && !token.isTextual() && !token.isIntegralNumber()) {
            throw new RpcError(
                            RpcError.INVALID_PARAMS,
                            "Invalid params: progressToken must be a string or a whole number.")
                    .withStatus(BAD_REQUEST);
        }
        if (!isAbsent(token) && Json.bytes(token).length > LONGEST_ID) {
            throw new RpcError(
                            RpcError.INVALID_PARAMS,
                            "Invalid params: progressToken has more than " + LONGEST_ID + " bytes.")
                    .withStatus(BAD_REQUEST);
        }
        return object;
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static RpcError invalid(String what) {
        return new RpcError(RpcError.INVALID_REQUEST, "This is no message of JSON-RPC 2.0: " + what + ".")
                .withStatus(BAD_REQUEST);
    }

    /**
     * The member {@code _meta} of the params.
     *
     * @return a missing node if there is none
     */
    public JsonNode meta() {
        return params.path("_meta");
    }

    /**
     * The token that notifications of progress repeat.
     *
     * @return null if the client wants none
     */
    public JsonNode progressToken() {
        JsonNode token = meta().path(Protocol.META_PROGRESS_TOKEN);
        return isAbsent(token) ? null : token;
    }

    /**
     * A param that must be a string.
     *
     * @param name name of the param
     * @return its value
     * @throws RpcError if it is missing or not a string
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
