package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * Calls that a server ends with {@code input_required}, so that they are made again: with answers to what it asks, or only
 * with the state that it sent, if it wants the call later.
 */
final class InputRequired {
    /** With the pauses between them, more than a quarter of an hour. */
    static final int MOST_WITHOUT_QUESTION = 40;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final ServerQuestions questions;
    private final Pause pause;
    private int withoutQuestion;

    /** Waits. */
    interface Pause {
        /** Throws if the call is cancelled meanwhile. */
        void await(Duration time) throws InterruptedException;
    }

    InputRequired(ServerQuestions questions, Pause pause) {
        this.questions = questions;
        this.pause = pause;
    }

    static boolean is(JsonNode answer) {
        return answer.path("resultType").asText().equals("input_required");
    }

    /** Asks, or waits; then puts into {@code params} what the next call needs. */
    void prepare(ObjectNode params, JsonNode answer) throws RpcException, InterruptedException {
        JsonNode requests = answer.path("inputRequests");
        JsonNode state = answer.path("requestState");
        if (!isAbsent(state) && !state.isTextual()) {
            throw RpcException.malformed("the requestState of its input_required is no text");
        }
        params.remove("inputResponses");
        if (isAbsent(requests) || (requests.isObject() && requests.isEmpty())) {
            later(state.isTextual());
        } else {
            withoutQuestion = 0;
            params.set("inputResponses", questions.askAll(requests));
        }
        params.remove("requestState");
        if (state.isTextual()) {
            params.set("requestState", state);
        }
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private void later(boolean hasState) throws RpcException, InterruptedException {
        if (!hasState) {
            throw RpcException.malformed(
                    "it wants input, but says neither which (inputRequests) nor what it knows" + " (requestState)");
        }
        if (withoutQuestion == MOST_WITHOUT_QUESTION) {
            throw RpcException.malformed("it has put the call off %d times without asking anything (input_required with"
                            .formatted(withoutQuestion)
                    + " only a requestState)");
        }
        Duration wanted = FIRST_PAUSE.multipliedBy(1L << Math.min(withoutQuestion, 10));
        pause.await(wanted.compareTo(LONGEST_PAUSE) < 0 ? wanted : LONGEST_PAUSE);
        withoutQuestion++;
    }
}
