package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Set;

/** Reads what a server says of a task; what the protocol does not know is refused, and not waited out. */
final class TaskState {
    private static final String ID = "taskId";
    private static final Set<String> KNOWN = Set.of("working", "input_required", "completed", "failed", "cancelled");
    private static final long USUAL_PAUSE = 1000;
    private static final long SHORTEST_PAUSE = 200;
    private static final long LONGEST_PAUSE = 5000;
    private static final int LONGEST_QUOTE = 80;

    private TaskState() {}

    /** Checks the first answer, which names the task. */
    static void checkNew(JsonNode task) throws RpcException {
        if (!task.path(ID).isTextual() || task.path(ID).textValue().isEmpty()) {
            throw RpcException.malformed("it began a task without a taskId");
        }
        checkStatus(task);
    }

    /** Checks a later answer about the task with this id. */
    static JsonNode checked(JsonNode task, String id) throws RpcException {
        if (task.has(ID) && !id.equals(task.path(ID).textValue())) {
            throw RpcException.malformed("asked after one task, it told of another");
        }
        checkStatus(task);
        return task;
    }

    private static void checkStatus(JsonNode task) throws RpcException {
        JsonNode status = task.path("status");
        if (!KNOWN.contains(status.asText())) {
            String shown = status.isMissingNode() ? "missing" : cut(status.toString());
            throw RpcException.malformed("the status of its task is " + shown);
        }
    }

    private static String cut(String text) {
        return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
    }

    /** The wanted pause before the next poll; never so short that the server is flooded. */
    static Duration pause(JsonNode task, boolean modern) {
        JsonNode wanted = task.path(modern ? "pollIntervalMs" : "pollInterval");
        long millis = wanted.isNumber() && wanted.asLong() > 0 ? wanted.asLong() : USUAL_PAUSE;
        return Duration.ofMillis(Math.max(SHORTEST_PAUSE, Math.min(LONGEST_PAUSE, millis)));
    }

    /** The result that a modern task carries when it has ended. */
    static JsonNode result(JsonNode task) throws RpcException {
        JsonNode error = task.path("error");
        if (error.isObject()) {
            throw new RpcException(
                    error.path("code").asInt(), error.path("message").asText("no reason given"));
        }
        if (!task.path("result").isObject() && !failed(task)) {
            throw RpcException.malformed("its task is completed, but has no result");
        }
        return ofFailed(task, task.path("result"));
    }

    /** The result of a task that may have failed: that is an error, whatever the result says. */
    static JsonNode ofFailed(JsonNode task, JsonNode result) throws RpcException {
        if (!failed(task) || result.path("isError").asBoolean()) {
            return result;
        }
        throw new RpcException(0, task.path("statusMessage").asText("its task failed without saying why"));
    }

    private static boolean failed(JsonNode task) {
        return task.path("status").asText().equals("failed");
    }
}
