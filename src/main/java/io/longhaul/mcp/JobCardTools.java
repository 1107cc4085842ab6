package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tools that the job card calls and that hosts hide from their models. While a call runs, a host tells the card only what
 * was called and with which arguments, so the job is found by these.
 */
final class JobCardTools {
    private static final String STATE = "job_card_state";
    private static final String CANCEL = "job_card_cancel";
    private static final String ANSWER = "job_card_answer";
    private static final Set<String> NAMES = Set.of(STATE, CANCEL, ANSWER);

    /** Among how many of the newest jobs that of a call is looked for. */
    private static final int SEARCHED = 50;

    /** Hosts show a card somewhat before or after they send the call. */
    private static final Duration MARGIN = Duration.ofSeconds(60);

    private static final JsonNode STATE_SCHEMA = Json.parse("""
            {"type": "object", "properties": {
              "job_id": {"type": "string", "description": "The id of a job"},
              "tool": {"type": "string", "description": "Without job_id: the tool that was called, if known"},
              "arguments": {"type": "object", "description": "Without job_id: the arguments of the call"},
              "opened_seconds_ago": {"type": "number", "description": "Without job_id: how long ago the call was made"},
              "after_line": {"type": "integer", "description": "The last line of the log that is known"}}}""");

    private static final JsonNode CANCEL_SCHEMA = Json.parse("""
            {"type": "object", "required": ["job_id"], "properties": {
              "job_id": {"type": "string", "description": "The id of a job"},
              "after_line": {"type": "integer", "description": "The last line of the log that is known"}}}""");

    private final JobAccess jobs;
    private final JobCardState states;
    private final JobCardAnswers answers;

    JobCardTools(JobAccess jobs, JobCardState states, JobCardAnswers answers) {
        this.jobs = jobs;
        this.states = states;
        this.answers = answers;
    }

    static boolean isOne(String name) {
        return NAMES.contains(name);
    }

    /** Adds them to a list of tools, but for those whose name another tool has. */
    void describe(ArrayNode list, Predicate<String> taken) {
        if (!taken.test(ANSWER)) {
            described(list, ANSWER, "Answers a question of a job for the job card.", JobCardAnswers.SCHEMA);
        }
        if (!taken.test(CANCEL)) {
            ObjectNode tool = described(list, CANCEL, "Cancels a job for the job card.", CANCEL_SCHEMA);
            tool.putObject("annotations").put("destructiveHint", true).put("idempotentHint", true);
        }
        if (!taken.test(STATE)) {
            ObjectNode tool = described(list, STATE, "Tells the job card how a job stands.", STATE_SCHEMA);
            tool.putObject("annotations").put("readOnlyHint", true).put("openWorldHint", false);
        }
    }

    private static ObjectNode described(ArrayNode list, String name, String description, JsonNode schema) {
        ObjectNode tool = list.addObject().put("name", name).put("description", description);
        tool.set("inputSchema", schema);
        Rpc.meta(tool).putObject(Protocol.META_UI).putArray("visibility").add("app");
        return tool;
    }

    /** Answers a call. */
    ObjectNode call(RpcMessage message, Caller caller, String traceId) {
        JsonNode arguments = message.params().path("arguments");
        caller.require(Role.READ);
        if (!message.text("name").equals(STATE)) {
            change(message.text("name"), arguments, caller, traceId);
        }
        long after = arguments.path("after_line").asLong(0);
        Optional<Job> job = arguments.has("job_id") ? named(arguments, caller) : called(arguments, caller);
        return told(job.map(found -> states.of(found, after, caller)).orElseGet(JobCardState::none));
    }

    private void change(String tool, JsonNode arguments, Caller caller, String traceId) {
        Job job = jobs.find(arguments.path("job_id").asText(), caller);
        if (tool.equals(CANCEL)) {
            jobs.cancel(job.id().toString(), caller);
        } else {
            answers.take(job, arguments, caller, traceId);
        }
    }

    private Optional<Job> named(JsonNode arguments, Caller caller) {
        JsonNode id = arguments.get("job_id");
        if (!id.isTextual()) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: the argument 'job_id' must be a string.");
        }
        return JobAccess.parse(id.textValue()).flatMap(jobs::find).filter(caller::sees);
    }

    /** Of the caller's jobs with these arguments the one that began when the card was opened, as far as that is known. */
    private Optional<Job> called(JsonNode arguments, Caller caller) {
        JsonNode params = arguments.path("arguments");
        if (!params.isObject()) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS, "Invalid params: give job_id, or the arguments of a call as an object.");
        }
        double age = arguments.path("opened_seconds_ago").asDouble(0);
        String tool = StorableText.of("tool", arguments.path("tool").asText(null));
        return jobs.newestOf(caller, tool, SEARCHED).stream()
                .filter(job -> !job.status().isFinal() || age(job) <= age + MARGIN.toSeconds())
                .filter(job -> job.params() != null && isSame(Json.parse(job.params()), params))
                .min(Comparator.comparingDouble(job -> Math.abs(age(job) - age)))
                // The list has no results.
                .flatMap(job -> jobs.find(job.id()));
    }

    private static double age(Job job) {
        return Duration.between(job.createdAt(), job.readAt()).toMillis() / 1000.0;
    }

    /** The arguments went through a host that may know numbers only as JavaScript does. */
    private static boolean isSame(JsonNode stored, JsonNode told) {
        return stored.equals(
                (a, b) -> a.isNumber() && b.isNumber()
                        ? Double.compare(a.doubleValue(), b.doubleValue())
                        : a.equals(b) ? 0 : 1,
                told);
    }

    private static ObjectNode told(ObjectNode state) {
        ObjectNode answer = Rpc.object();
        JobAnswer.addText(answer.putArray("content"), Json.sorted(state));
        answer.set("structuredContent", state);
        return answer;
    }
}
