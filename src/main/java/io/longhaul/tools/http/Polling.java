package io.longhaul.tools.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Asks the server until the work is done.
 *
 * @param status the request that asks
 * @param interval wait between two requests, unless the server asks for a longer one
 * @param rules for the answers; without conditions for {@code done}, any status but 202 means done
 * @param result the request that fetches the result, or null if the last status holds it
 */
record Polling(RequestTemplate status, Duration interval, StatusRules rules, RequestTemplate result)
        implements Completion {
    /** The {@code poll:} block. */
    static final class PollSettings extends StatusSettings {
        /** URL of the state; placeholders name params, {@code answer.x} and {@code headers.x}. */
        @JsonProperty
        private String url;

        /** Wait between two requests. */
        @JsonProperty
        private io.dropwizard.util.Duration interval;

        /** URL of the result of done work; by default the last status holds the result. */
        @JsonProperty("result_url")
        private String resultUrl;

        String url() {
            return url;
        }

        Duration interval() {
            return interval == null ? Duration.ofSeconds(5) : interval.toJavaDuration();
        }

        String resultUrl() {
            return resultUrl;
        }
    }

    /** Work of days must not be lost because its server restarts meanwhile. */
    private static final int MOST_FAILURES = 20;

    private static final Set<FailureKind> UNANSWERED = Set.of(FailureKind.UNAVAILABLE, FailureKind.TIMEOUT);

    private static final int ACCEPTED = 202;

    @Override
    public ToolResult run(Conversation conversation, CallRequests requests) throws CallFailure, InterruptedException {
        HttpAnswer answer = first(conversation, requests);
        boolean told = false;
        while (true) {
            JsonNode json = answer.json();
            rules.report(json, conversation.call());
            if (rules.isFailed(json)) {
                return rules.failure(json);
            }
            if (isDone(answer, json)) {
                return result == null ? requests(requests, answer, json) : fetched(conversation, requests);
            }
            if (json.isMissingNode() && !told && !rules.done().isEmpty()) {
                told = true;
                conversation
                        .call()
                        .log(answer.request() + " is asked again: its answer is no JSON, in which poll.done could"
                                + " be looked for: " + answer.excerpt());
            }
            conversation.pause(longer(interval, answer));
            answer = ask(status, conversation, requests, false);
        }
    }

    /** The first status: of the work of a lost attempt if the server still knows it, otherwise of work begun now. */
    private HttpAnswer first(Conversation conversation, CallRequests requests)
            throws CallFailure, InterruptedException {
        if (requests.resume()) {
            HttpAnswer answer = ask(status, conversation, requests, true);
            if (!requests.rules().isGone(answer.status())) {
                return answer;
            }
            requests.forget();
        }
        HttpAnswer started = requests.start();
        conversation.pause(longer(interval, started));
        return ask(status, conversation, requests, false);
    }

    private static Duration longer(Duration interval, HttpAnswer answer) {
        return answer.retryAfter().filter(wait -> wait.compareTo(interval) > 0).orElse(interval);
    }

    private boolean isDone(HttpAnswer answer, JsonNode json) {
        return rules.done().isEmpty() ? answer.status() != ACCEPTED : rules.isDone(json);
    }

    private ToolResult requests(CallRequests requests, HttpAnswer answer, JsonNode json) {
        return rules.result() == null ? requests.rules().result(answer) : rules.success(json);
    }

    private ToolResult fetched(Conversation conversation, CallRequests requests)
            throws CallFailure, InterruptedException {
        HttpAnswer answer = ask(result, conversation, requests, false);
        return rules.result() == null
                ? requests.rules().result(answer)
                : AnswerRules.at(rules.result(), answer.json(), answer);
    }

    /** Asks once, and again if there is no answer or one that may be different the next time. */
    private HttpAnswer ask(
            RequestTemplate question, Conversation conversation, CallRequests requests, boolean mayBeGone)
            throws CallFailure, InterruptedException {
        for (int failures = 0; ; failures++) {
            boolean last = failures == MOST_FAILURES;
            Optional<HttpAnswer> answer = once(question, requests, last);
            if (answer.isPresent()
                    && (last || !requests.rules().isTransient(answer.get().status()))) {
                if (!mayBeGone || !requests.rules().isGone(answer.get().status())) {
                    requests.rules().check(answer.get());
                }
                return answer.get();
            }
            conversation.pause(answer.map(busy -> longer(interval, busy)).orElse(interval));
        }
    }

    /** Asks once; empty if there is no answer, unless that was the last try. */
    private static Optional<HttpAnswer> once(RequestTemplate question, CallRequests requests, boolean last)
            throws CallFailure, InterruptedException {
        try {
            return Optional.of(requests.send(question));
        } catch (CallFailure failure) {
            if (last || !UNANSWERED.contains(failure.result().kind())) {
                throw failure;
            }
            return Optional.empty();
        }
    }
}
