package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Tools for clients without tasks: one starts a job, and others show it, wait for it and cancel it by its id. */
final class HandleTools {
    static final String START = "job_start";

    private static final String STATUS = "job_status";
    private static final String RESULT = "job_result";
    private static final String CANCEL = "job_cancel";

    /** In seconds; shorter than the time for which usual clients wait for an answer. */
    private static final int LONGEST_WAIT = 50;

    private static final String JOB_ID = "\"job_id\": {\"type\": \"string\", \"description\": \"The id of a job\"}";

    private static final Map<String, JsonNode> SCHEMAS = Map.of(
            START,
            Json.parse("""
                    {"type": "object", "required": ["tool"], "properties": {
                      "tool": {"type": "string", "description": "The name of a tool of this server"},
                      "arguments": {"type": "object", "description": "The arguments for that tool"},
                      "idempotency_key": {"type": "string", "description": "The same key again gives the same job"}}}"""),
            STATUS,
            Json.parse("{\"type\": \"object\", \"required\": [\"job_id\"], \"properties\": {" + JOB_ID + "}}"),
            RESULT,
            Json.parse("{\"type\": \"object\", \"required\": [\"job_id\"], \"properties\": {" + JOB_ID + ","
                    + "\"wait_seconds\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": " + LONGEST_WAIT
                    + ", \"description\": \"How long to wait for the end of the job\"}}}"),
            CANCEL,
            Json.parse("{\"type\": \"object\", \"required\": [\"job_id\"], \"properties\": {" + JOB_ID + "}}"));

    private static final Map<String, String> DESCRIPTIONS = Map.of(
            START,
            "Starts a call of another tool of this server as a job, and answers at once with its job_id."
                    + " For calls that may take minutes or longer.",
            STATUS,
            "Tells how a job stands: working, completed, failed or cancelled, and its progress.",
            RESULT,
            "Gives the result of a job that has ended, or says that it still works.",
            CANCEL,
            "Cancels a job that has not ended.");

    private final JobAccess jobs;
    private final JobAnswer answers;

    HandleTools(JobAccess jobs, JobAnswer answers) {
        this.jobs = jobs;
        this.answers = answers;
    }

    static boolean isOne(String name) {
        return SCHEMAS.containsKey(name);
    }

    /** Adds these tools to a list, without those whose names other tools have. */
    void describe(ArrayNode list, Predicate<String> taken, boolean withCard) {
        SCHEMAS.keySet().stream().sorted().filter(taken.negate()).forEach(name -> {
            ObjectNode tool = list.addObject().put("name", name).put("description", DESCRIPTIONS.get(name));
            tool.set("inputSchema", SCHEMAS.get(name));
            if (withCard && name.equals(START)) {
                JobCard.addTo(tool);
            }
        });
    }

    /** The call of another tool that a call of {@link #START} asks for. */
    static RpcMessage started(RpcMessage message) {
        JsonNode arguments = message.params().path("arguments");
        ObjectNode params = Rpc.object().put("name", text(arguments, "tool"));
        if (arguments.has("arguments")) {
            params.set("arguments", arguments.get("arguments"));
        }
        ObjectNode meta = params.putObject("_meta");
        if (message.meta() instanceof ObjectNode sent) {
            meta.setAll(sent);
        }
        if (arguments.has("idempotency_key")) {
            meta.set(LonghaulNames.IDEMPOTENCY_KEY, arguments.get("idempotency_key"));
        }
        return new RpcMessage(message.id(), message.method(), params);
    }

    /** The answer to {@link #START}. */
    ObjectNode started(Job job) {
        ObjectNode answer = told(state(job));
        Rpc.meta(answer).put(LonghaulNames.STARTED_JOB, job.id().toString());
        return answer;
    }

    /** Answers a call of a handle tool other than {@link #START}. */
    CompletionStage<ObjectNode> call(RpcMessage message, Caller caller) {
        JsonNode arguments = message.params().path("arguments");
        String id = text(arguments, "job_id");
        return switch (message.text("name")) {
            case RESULT -> {
                caller.require(Role.READ);
                yield result(jobs.find(id, caller), seconds(arguments));
            }
            case CANCEL -> {
                jobs.cancel(id, caller);
                yield CompletableFuture.completedStage(told(state(jobs.find(id, caller))));
            }
            default -> {
                caller.require(Role.READ);
                yield CompletableFuture.completedStage(told(state(jobs.find(id, caller))));
            }
        };
    }

    private CompletionStage<ObjectNode> result(Job job, int seconds) {
        return job.status().isFinal() || seconds == 0
                ? CompletableFuture.completedStage(result(job))
                : jobs.untilEnd(job.id(), Duration.ofSeconds(seconds)).thenApply(now -> result(now.orElse(job)));
    }

    private ObjectNode result(Job job) {
        try {
            return job.status().isFinal() ? answers.of(job) : told(state(job));
        } catch (RpcError e) {
            return JobAnswer.error(e.getMessage());
        }
    }

    private static int seconds(JsonNode arguments) {
        JsonNode wanted = arguments.path("wait_seconds");
        if (wanted.isMissingNode()) {
            return 0;
        }
        if (!wanted.isIntegralNumber() || wanted.asLong() < 0 || wanted.asLong() > LONGEST_WAIT) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Invalid params: the argument 'wait_seconds' must be a whole number from 0 to " + LONGEST_WAIT
                            + ".");
        }
        return wanted.asInt();
    }

    private static String text(JsonNode arguments, String name) {
        JsonNode value = arguments.path(name);
        if (!value.isTextual()) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS, "Invalid params: the argument '" + name + "' must be a string.");
        }
        return value.textValue();
    }

    private static ObjectNode state(Job job) {
        ObjectNode task = ModernEra.TASKS.of(job);
        ObjectNode state = Rpc.object()
                .put("job_id", job.id().toString())
                .put("status", task.path("status").asText());
        if (task.has("statusMessage")) {
            state.set("message", task.get("statusMessage"));
        }
        return state;
    }

    private static ObjectNode told(ObjectNode state) {
        ObjectNode answer = Rpc.object();
        JobAnswer.addText(answer.putArray("content"), Json.sorted(state));
        answer.set("structuredContent", state);
        return answer;
    }
}
