package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The tools of {@link StandInTools} that ask for input, in the way of either era. */
final class StandInQuestions {
    static final List<String> TOOLS = List.of("asking", "asking-twice", "asking-task");

    private static final String STATE = "the state of the call";

    private final boolean modern;

    /** Requests of the server that wait for an answer, of the older era. */
    private final Map<String, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();

    /** What tasks were answered, of the newer era. */
    private final Map<String, ObjectNode> tasks = new ConcurrentHashMap<>();

    StandInQuestions(boolean modern) {
        this.modern = modern;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static ObjectNode question() {
        ObjectNode request = object().put("method", "elicitation/create");
        ObjectNode params = request.putObject("params").put("mode", "form").put("message", "May I?");
        params.putObject("requestedSchema")
                .put("type", "object")
                .putObject("properties")
                .putObject("name")
                .put("type", "string");
        return request;
    }

    private static ObjectNode questions(String... names) {
        ObjectNode requests = object();
        for (String name : names) {
            requests.set(name, question());
        }
        return requests;
    }

    private static void result(String id, ObjectNode result, Consumer<String> out) {
        out.accept("{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"result\": " + result + "}");
    }

    private static ObjectNode done(JsonNode value) {
        ObjectNode result = object().put("resultType", "complete");
        result.putArray("content").addObject().put("type", "text").put("text", value.toString());
        return result;
    }

    /** Takes a call; the answer may come after messages of both sides. */
    void call(String id, JsonNode params, Consumer<String> out) {
        String tool = params.path("name").asText();
        if (tool.equals("asking-task") && modern) {
            String task = "q-" + UUID.randomUUID();
            tasks.put(task, object());
            result(id, object().put("resultType", "task").put("taskId", task).put("status", "working"), out);
        } else if (modern) {
            again(id, params, tool.equals("asking-twice"), out);
        } else {
            request(id, tool.equals("asking-twice"), out);
        }
    }

    private static void again(String id, JsonNode params, boolean twice, Consumer<String> out) {
        JsonNode responses = params.path("inputResponses");
        if (!responses.isObject()) {
            ObjectNode required = object().put("resultType", "input_required").put("requestState", STATE);
            required.set("inputRequests", twice ? questions("one", "two") : questions("may-i"));
            result(id, required, out);
        } else if (!params.path("requestState").asText().equals(STATE)) {
            out.accept("{\"jsonrpc\": \"2.0\", \"id\": " + id
                    + ", \"error\": {\"code\": -32602, \"message\": \"The state is not ours\"}}");
        } else if (twice) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            responses.forEach(all::add);
            result(id, done(all), out);
        } else {
            result(id, done(responses.get("may-i")), out);
        }
    }

    private void request(String id, boolean twice, Consumer<String> out) {
        CompletableFuture<JsonNode> first = ask(out);
        if (!twice) {
            result(id, done(first.join()), out);
            return;
        }
        CompletableFuture<JsonNode> second = ask(out);
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        result(id, done(all.add(first.join()).add(second.join())), out);
    }

    private CompletableFuture<JsonNode> ask(Consumer<String> out) {
        String own = "server-" + UUID.randomUUID();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(own, answer);
        out.accept(question().put("jsonrpc", "2.0").put("id", own).toString());
        return answer;
    }

    /** Takes a client's answer to a request of the server. */
    void answered(JsonNode message) {
        CompletableFuture<JsonNode> answer = waiting.remove(message.path("id").asText());
        if (answer != null) {
            answer.complete(message.path("result"));
        }
    }

    boolean knows(JsonNode params) {
        return tasks.containsKey(params.path("taskId").asText());
    }

    void get(String id, JsonNode params, Consumer<String> out) {
        String name = params.path("taskId").asText();
        ObjectNode task =
                object().put("resultType", "complete").put("taskId", name).put("pollIntervalMs", 20);
        JsonNode response = tasks.get(name).path("may-i");
        if (response.isObject()) {
            task.put("status", "completed").set("result", done(response));
        } else {
            task.put("status", "input_required").set("inputRequests", questions("may-i"));
        }
        result(id, task, out);
    }

    void update(String id, JsonNode params, Consumer<String> out) {
        tasks.get(params.path("taskId").asText()).setAll((ObjectNode) params.path("inputResponses"));
        result(id, object().put("resultType", "complete"), out);
    }
}
