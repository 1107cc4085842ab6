package io.longhaul.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.campaign.History.Call;
import io.longhaul.campaign.History.Kind;
import io.longhaul.campaign.History.State;
import io.longhaul.testing.Answer;
import io.longhaul.testing.NodeProcess;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes requests, and writes down what was asked and answered, and when. */
final class CallLog {
    /** Looks beyond this number are not written down: fewer looks prove less, but nothing false. */
    private static final int MOST_LOOKS = 300_000;

    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final AtomicInteger looks = new AtomicInteger();

    /** A request to some node. */
    interface Request {
        Answer to(NodeProcess node) throws IOException;
    }

    /** Submits; null without an answer. */
    Answer submit(String key, NodeProcess node, Request request) {
        long asked = System.nanoTime();
        Answer answer = answer(node, request);
        boolean accepted = answer != null && answer.status() / 100 == 2;
        calls.add(
                accepted
                        ? call(Kind.SUBMIT, key, answer.field("job_id"), state(answer.json()), asked)
                        : unanswered(key, asked));
        return answer;
    }

    /** Submits many at once; null without an answer. */
    Answer batch(List<String> keys, NodeProcess node, Request request) {
        long asked = System.nanoTime();
        Answer answer = answer(node, request);
        long answered = System.nanoTime();
        JsonNode results =
                answer != null && answer.status() / 100 == 2 ? answer.json().path("results") : null;
        for (int i = 0; i < keys.size(); i++) {
            if (results == null) {
                calls.add(unanswered(keys.get(i), asked));
            } else {
                JsonNode job = results.path(i).path("job");
                calls.add(new Call(Kind.SUBMIT, keys.get(i), job.path("job_id").asText(), state(job), asked, answered));
            }
        }
        return answer;
    }

    private static Call unanswered(String key, long asked) {
        return new Call(Kind.SUBMIT, key, null, null, asked, History.NEVER);
    }

    /** Cancels; null without an answer. */
    Answer cancel(String job, NodeProcess node) {
        long asked = System.nanoTime();
        Answer answer = answer(node, one -> one.cancel(job));
        calls.add(
                answer != null && answer.status() == 200
                        ? call(Kind.CANCEL, null, job, new State(answer.field("status"), -1, null), asked)
                        : new Call(Kind.CANCEL, null, job, null, asked, History.NEVER));
        return answer;
    }

    /** Looks at a job, or waits for its end; null without an answer. */
    Answer look(String job, NodeProcess node, int seconds) {
        long asked = System.nanoTime();
        Answer answer = answer(node, one -> one.look(job, seconds));
        boolean told = answer != null && (answer.status() == 200 || answer.status() == 404);
        if (told && looks.incrementAndGet() <= MOST_LOOKS) {
            calls.add(call(Kind.READ, null, job, answer.status() == 404 ? State.ABSENT : state(answer.json()), asked));
        }
        return answer;
    }

    private static Answer answer(NodeProcess node, Request request) {
        try {
            return request.to(node);
        } catch (IOException e) {
            return null;
        }
    }

    private static Call call(Kind kind, String key, String job, State saw, long asked) {
        return new Call(kind, key, job, saw, asked, System.nanoTime());
    }

    private static State state(JsonNode job) {
        JsonNode result = job.path("result");
        return new State(
                job.path("status").asText(),
                job.path("attempt").asInt(),
                result.isNull() || result.isMissingNode() ? null : result.toString());
    }

    /** All that was written down. */
    List<Call> calls() {
        return List.copyOf(calls);
    }
}
