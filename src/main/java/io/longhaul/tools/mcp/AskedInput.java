package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Checks what a server asks, so that nobody is asked what cannot be understood. */
final class AskedInput {
    private static final String ELICITATION = "elicitation/create";
    private static final int LONGEST_QUOTE = 80;

    private AskedInput() {}

    /** Checks the member {@code inputRequests} of a call or a task, before the first of them is asked. */
    static void checkAll(JsonNode requests) throws RpcException {
        if (!requests.isObject() || requests.isEmpty()) {
            throw RpcException.malformed("it wants input, but its inputRequests are no object with requests");
        }
        for (Map.Entry<String, JsonNode> request : requests.properties()) {
            check(request.getKey(), request.getValue());
        }
    }

    /** Checks one request that the server calls {@code name}. */
    static void check(String name, JsonNode request) throws RpcException {
        String which = "what it asks (" + quoted(name) + ") ";
        JsonNode method = request.path("method");
        if (!method.isTextual()) {
            throw RpcException.malformed(which + "has no method");
        }
        if (!method.textValue().equals(ELICITATION)) {
            throw RpcException.malformed(
                    which + "is " + quoted(method.textValue()) + ": only " + ELICITATION + " can be asked here");
        }
        JsonNode params = request.path("params");
        if (!params.path("message").isTextual()) {
            throw RpcException.malformed(which + "has no message");
        }
        JsonNode mode = params.path("mode");
        if (mode.isMissingNode() || mode.asText().equals("form")) {
            JsonNode schema = params.path("requestedSchema");
            if (!schema.isMissingNode() && !schema.isObject()) {
                throw RpcException.malformed(which + "has a requestedSchema that is no object");
            }
        } else if (!mode.asText().equals("url")) {
            throw RpcException.malformed(which + "has a mode that is neither form nor url");
        } else if (!params.path("url").isTextual()) {
            throw RpcException.malformed(which + "has the mode url, but no url");
        }
    }

    private static String quoted(String text) {
        return '"' + (text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text) + '"';
    }
}
