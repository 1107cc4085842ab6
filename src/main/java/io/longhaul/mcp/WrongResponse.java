package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A client's response that does not match the schema of its question. The question stays open.
 *
 * @param key of the question
 * @param mistakes all that is wrong with it
 */
record WrongResponse(String key, List<Mistake> mistakes) {
    /**
     * A mistake.
     *
     * @param pointer to its place in the response
     * @param message what is wrong there
     */
    record Mistake(String pointer, String message) {}

    /** What is wrong, with the names of the fields. */
    String reason() {
        return mistakes.stream().map(WrongResponse::text).collect(Collectors.joining("; "));
    }

    private static String text(Mistake mistake) {
        String field = mistake.pointer().replaceFirst("^(/content)?/?", "");
        return field.isEmpty() ? mistake.message() : field + ": " + mistake.message();
    }

    /** Adds to the message of a request, which asks the question again, why it does so. */
    void explainIn(ObjectNode request) {
        JsonNode message = request.path("params").path("message");
        if (message.isTextual()) {
            request.withObjectProperty("params")
                    .put("message", message.textValue() + "\n\nThe last answer does not fit: " + reason() + ".");
        }
    }

    /**
     * The error for responses that were not taken.
     *
     * @param placeOf gives the pointer to the response to a question
     */
    static RpcError error(List<WrongResponse> wrong, UnaryOperator<String> placeOf) {
        ObjectNode data = Rpc.object();
        ArrayNode places = data.putArray("errors");
        for (WrongResponse one : wrong) {
            one.mistakes()
                    .forEach(mistake -> places.addObject()
                            .put("pointer", placeOf.apply(one.key()) + mistake.pointer())
                            .put("message", mistake.message()));
        }
        String reasons = wrong.stream()
                .map(one -> "\"" + one.key() + "\" (" + one.reason() + ")")
                .collect(Collectors.joining(", "));
        return new RpcError(
                        RpcError.INVALID_PARAMS,
                        "Invalid params: the response does not match the schema of its question, which stays open: "
                                + reasons + ".")
                .withData(data);
    }
}
