package io.longhaul.tools.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.CallFailure;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;

/** The requests of one call, with the values known for them. Not thread-safe, except for the request that cancels. */
final class CallRequests {
    private final Conversation conversation;
    private final HttpTool.Plan plan;
    private final KeptAnswer kept;
    private volatile PlaceholderValues values;
    private volatile URI first;

    CallRequests(Conversation conversation, HttpTool.Plan plan, KeptAnswer kept) {
        this.conversation = conversation;
        this.plan = plan;
        this.kept = kept;
        this.values = PlaceholderValues.of(conversation.call());
    }

    /** Makes a value known to placeholders. */
    void know(String name, JsonNode value) {
        values = values.with(name, value);
    }

    /**
     * Continues the work of a lost attempt, if that attempt kept an answer.
     *
     * @return whether later requests can be sent as if this call had sent the first
     */
    boolean resume() throws CallFailure {
        Optional<JsonNode> left = kept.left();
        if (left.isPresent()) {
            first = plan.start().fill(values, null, conversation.call()).uri();
            left.get().properties().forEach(value -> know(value.getKey(), value.getValue()));
        }
        return left.isPresent();
    }

    /** Starts again: the server no longer knows the work of a lost attempt. */
    void forget() {
        first = null;
        values = PlaceholderValues.of(conversation.call());
    }

    /**
     * Sends the first request.
     *
     * @return its answer, a success
     * @throws CallFailure if there is none
     */
    HttpAnswer start(FieldTemplates.Field... headers) throws CallFailure, InterruptedException {
        HttpRequest filled = plan.start().fill(values, null, conversation.call());
        HttpRequest.Builder request = HttpRequest.newBuilder(filled, (name, value) -> true);
        String idempotencyHeader = plan.idempotencyHeader();
        if (!idempotencyHeader.isEmpty()
                && filled.headers().firstValue(idempotencyHeader).isEmpty()) {
            request.setHeader(idempotencyHeader, conversation.call().jobId());
        }
        for (FieldTemplates.Field header : headers) {
            request.setHeader(header.name(), header.value());
        }
        HttpAnswer answer = conversation.send(request.build());
        plan.rules().check(answer);
        first = filled.uri();
        if (!answer.json().isMissingNode()) {
            know(PlaceholderValues.ANSWER, answer.json());
        }
        know(PlaceholderValues.HEADERS, answer.headersJson());
        kept.keep(values);
        return answer;
    }

    /** Sends a later request; does not check its answer. */
    HttpAnswer send(RequestTemplate later) throws CallFailure, InterruptedException {
        return conversation.send(fill(later));
    }

    /** Builds a later request. */
    HttpRequest fill(RequestTemplate later) throws CallFailure {
        return later.fill(values, first, conversation.call());
    }

    /** Returns true once the server has taken the work on. */
    boolean started() {
        return first != null;
    }

    AnswerRules rules() {
        return plan.rules();
    }
}
