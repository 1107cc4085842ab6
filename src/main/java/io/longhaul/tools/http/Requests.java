package io.longhaul.tools.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.Refusal;
import java.net.URI;
import java.net.http.HttpRequest;

/** The requests of one call and what is known for them. Not for two threads at once, but for the last. */
final class Requests {
    private final Conversation conversation;
    private final RequestTemplate start;
    private final AnswerRules rules;
    private final String idempotencyHeader;
    private volatile Values values;
    private volatile URI first;

    Requests(Conversation conversation, RequestTemplate start, AnswerRules rules, String idempotencyHeader) {
        this.conversation = conversation;
        this.start = start;
        this.rules = rules;
        this.idempotencyHeader = idempotencyHeader;
        this.values = Values.of(conversation.call());
    }

    /** Makes a value known to placeholders. */
    void know(String name, JsonNode value) {
        values = values.with(name, value);
    }

    /**
     * Sends the first request.
     *
     * @return its answer, a success
     * @throws Refusal if there is none
     */
    HttpAnswer start(Fields.Field... headers) throws Refusal, InterruptedException {
        HttpRequest filled = start.fill(values, null, conversation.call());
        HttpRequest.Builder request = HttpRequest.newBuilder(filled, (name, value) -> true);
        if (!idempotencyHeader.isEmpty()
                && filled.headers().firstValue(idempotencyHeader).isEmpty()) {
            request.setHeader(idempotencyHeader, conversation.call().jobId());
        }
        for (Fields.Field header : headers) {
            request.setHeader(header.name(), header.value());
        }
        HttpAnswer answer = conversation.send(request.build());
        rules.check(answer);
        first = filled.uri();
        if (!answer.json().isMissingNode()) {
            know(Values.ANSWER, answer.json());
        }
        know(Values.HEADERS, answer.headersJson());
        return answer;
    }

    /** Sends a later request; any answer will do. */
    HttpAnswer send(RequestTemplate later) throws Refusal, InterruptedException {
        return conversation.send(fill(later));
    }

    /** A later request. */
    HttpRequest fill(RequestTemplate later) throws Refusal {
        return later.fill(values, first, conversation.call());
    }

    /** Whether the server has taken the work on. */
    boolean started() {
        return first != null;
    }

    AnswerRules rules() {
        return rules;
    }
}
