package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.tools.spi.Answer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A question as a request to a client, and the client's result as an answer. Forms of the protocol are flat objects: a
 * question for a single value becomes a form with one field.
 */
final class Elicitation {
    private static final String METHOD = "elicitation/create";

    /** The field of a question for a single value. */
    private static final String FIELD = "answer";

    private static final Set<String> FIELDS = Set.of("string", "number", "integer", "boolean");

    /** The capability that a client needs for each request. */
    private static final Map<String, String> CAPABILITIES =
            Map.of(METHOD, "elicitation", "sampling/createMessage", "sampling", "roots/list", "roots");

    private Elicitation() {}

    /** False for a client with capabilities that take no question of any kind. */
    static boolean canAskAnything(JsonNode capabilities) {
        return CAPABILITIES.values().stream()
                .anyMatch(one -> capabilities.path(one).isObject());
    }

    /** The request for a client with these capabilities; nothing if it cannot be asked this. */
    static Optional<ObjectNode> request(StoredQuestion question, JsonNode capabilities) {
        return request(question).filter(request -> canTake(request, capabilities));
    }

    private static Optional<ObjectNode> request(StoredQuestion question) {
        if (question.mcp() instanceof ObjectNode own) {
            ObjectNode request = own.deepCopy();
            request.withObjectProperty("params");
            return Optional.of(request);
        }
        return form(question.schema()).map(form -> {
            ObjectNode request = Rpc.object().put("method", METHOD);
            request.putObject("params").put("message", question.message()).set("requestedSchema", form);
            return request;
        });
    }

    private static boolean canTake(ObjectNode request, JsonNode capabilities) {
        String needed = CAPABILITIES.get(request.path("method").asText());
        if (needed == null || !capabilities.path(needed).isObject()) {
            return false;
        }
        // A client that names no modes has forms.
        return !request.path("params").path("mode").asText().equals("url")
                || capabilities.path(needed).path("url").isObject();
    }

    /** Nothing if clients could not show it. */
    private static Optional<ObjectNode> form(JsonNode schema) {
        if (isObject(schema)) {
            boolean flat = true;
            for (JsonNode field : schema.path("properties")) {
                flat &= isField(field);
            }
            ObjectNode form = schema.deepCopy();
            form.withObjectProperty("properties");
            return flat ? Optional.of(form) : Optional.empty();
        }
        JsonNode field = schema == null ? Rpc.object().put("type", "string") : schema;
        if (!isField(field)) {
            return Optional.empty();
        }
        ObjectNode form = Rpc.object().put("type", "object");
        form.putObject("properties").set(FIELD, field);
        form.putArray("required").add(FIELD);
        return Optional.of(form);
    }

    private static boolean isObject(JsonNode schema) {
        return schema != null && schema.path("type").asText().equals("object");
    }

    private static boolean isField(JsonNode schema) {
        String type = schema.path("type").asText();
        boolean choices = type.equals("array")
                && (schema.path("items").has("enum") || schema.path("items").has("anyOf"));
        return FIELDS.contains(type) || choices;
    }

    /**
     * The answer that a client's result is.
     *
     * @throws RpcError if it is none
     */
    static Answer answer(StoredQuestion question, JsonNode result) {
        if (!result.isObject()) {
            throw wrong(question, "must be an object");
        }
        return isForm(question) ? ofForm(question, result) : new Answer(Answer.Action.ACCEPT, result);
    }

    /** The pointer to the answer in a client's result. */
    static String placeOfAnswer(StoredQuestion question) {
        if (!isForm(question)) {
            return "";
        }
        return isSingle(question) ? "/content/" + FIELD : "/content";
    }

    private static boolean isForm(StoredQuestion question) {
        return question.mcp() == null || question.mcp().path("method").asText().equals(METHOD);
    }

    private static boolean isSingle(StoredQuestion question) {
        return question.mcp() == null && !isObject(question.schema());
    }

    private static Answer ofForm(StoredQuestion question, JsonNode result) {
        String label = result.path("action").asText();
        Answer.Action action = Arrays.stream(Answer.Action.values())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(label))
                .findFirst()
                .orElseThrow(() -> wrong(question, "must have an action: accept, decline or cancel"));
        JsonNode content = result.get("content");
        return new Answer(action, isSingle(question) && content != null ? content.get(FIELD) : content);
    }

    private static RpcError wrong(StoredQuestion question, String what) {
        return new RpcError(
                RpcError.INVALID_PARAMS,
                "Invalid params: the response to \"" + question.row().key() + "\" " + what + ".");
    }
}
