package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Rpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the client of a session on one stream. Each question is a request of its own, which is sent once, and again after an
 * answer that does not fit. Its id is all that the answer needs, so that the client may send it to whatever node.
 */
final class LegacyAsker implements Asker {
    private final JobQuestions questions;
    private final LegacyAskers open;
    private final Client client;
    private final Map<String, Integer> sent = new HashMap<>();
    private final Map<String, WrongResponse> wrong = new ConcurrentHashMap<>();
    private volatile boolean refused;
    private volatile boolean over;

    /**
     * Who is asked.
     *
     * @param session id of the session
     * @param abilities what the client can be asked
     * @param task what is said beside all that is told of a task, or null
     */
    record Client(UUID session, JsonNode abilities, ObjectNode task) {}

    LegacyAsker(JobQuestions questions, LegacyAskers open, Client client) {
        this.questions = questions;
        this.open = open;
        this.client = client;
    }

    UUID session() {
        return client.session();
    }

    @Override
    public Asked ask(Job job) {
        open.add(job.id(), this);
        if (over) {
            open.remove(this);
        }
        Map<String, WrongResponse> again = new HashMap<>();
        wrong.keySet().forEach(key -> again.put(key, wrong.remove(key)));
        List<ObjectNode> messages = new ArrayList<>();
        questions.open(job.id(), client.abilities()).forEach((key, request) -> {
            if (again.containsKey(key)) {
                again.get(key).explainIn(request);
            }
            if (again.containsKey(key) || !sent.containsKey(key)) {
                messages.add(message(job, key, request));
            }
        });
        if (messages.isEmpty()) {
            // The stream says where else the questions are answered.
            refused = false;
        }
        return new Asked(messages, null);
    }

    @Override
    public boolean asksAgain() {
        return refused || !wrong.isEmpty();
    }

    @Override
    public void over() {
        over = true;
        open.remove(this);
    }

    /** Asks a question again at the next look at the job. */
    void askAgain(WrongResponse response) {
        wrong.put(response.key(), response);
    }

    /** Hears that the client cannot answer: the next look at the job says where else its questions are answered. */
    void refused() {
        refused = true;
    }

    private ObjectNode message(Job job, String key, ObjectNode request) {
        ObjectNode params = request.withObjectProperty("params");
        if (client.task() != null) {
            params.set("_meta", client.task());
        }
        int times = sent.merge(key, 1, Integer::sum);
        ObjectNode message = Rpc.notification(request.path("method").asText(), params);
        return message.put("id", job.id() + "/" + key + (times == 1 ? "" : "/" + times));
    }
}
