package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.questions.Answering;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.tools.spi.Answer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Shows the open questions of jobs on the job card, and takes answers. */
final class JobCardAnswers {
    /** What the tool takes. */
    static final JsonNode SCHEMA = Json.parse("""
            {"type": "object", "required": ["job_id", "key", "action"], "properties": {
              "job_id": {"type": "string", "description": "The id of a job"},
              "key": {"type": "string", "description": "Which question"},
              "action": {"enum": ["accept", "decline", "cancel"], "description": "What is done with the question"},
              "content": {"type": "string", "description": "The answer, as JSON, if it is accepted"},
              "after_line": {"type": "integer", "description": "The last line of the log that is known"}}}""");

    private final OpenQuestions open;

    JobCardAnswers(OpenQuestions open) {
        this.open = open;
    }

    /** Adds the questions that are open. */
    void describe(ArrayNode questions, Job job) {
        if (job.inputs().anyOpen()) {
            open.of(job.id())
                    .forEach(question -> questions
                            .addObject()
                            .put("key", question.row().key())
                            .put("message", question.message())
                            .set("schema", question.schema()));
        }
    }

    /**
     * Takes an answer.
     *
     * @param arguments with the {@code key}, the {@code action}, and the {@code content} as text, because a host may round
     *     numbers
     * @throws RpcError if it may not be given, or is wrong
     */
    void take(Job job, JsonNode arguments, Caller caller, String traceId) {
        open.require(job, caller);
        Answering.Outcome outcome = open.answer(
                        job,
                        StorableText.of("key", arguments.path("key").asText()),
                        answer(arguments),
                        new OpenQuestions.Giver(caller, traceId))
                .orElseThrow(() -> refused("Job " + job.id() + " has asked no such question."));
        require(outcome, job);
    }

    private static Answer answer(JsonNode arguments) {
        String action = arguments.path("action").asText();
        Answer.Action known = Arrays.stream(Answer.Action.values())
                .filter(one -> one.label().equals(action))
                .findFirst()
                .orElseThrow(() -> refused("Invalid params: action must be accept, decline or cancel."));
        return new Answer(known, known == Answer.Action.ACCEPT ? content(arguments.path("content")) : null);
    }

    private static JsonNode content(JsonNode text) {
        try {
            return Json.parse(text.asText());
        } catch (IllegalStateException e) {
            throw refused("Invalid params: content must be JSON, as text.");
        }
    }

    private static void require(Answering.Outcome outcome, Job job) {
        StoredQuestion question = outcome.question();
        switch (outcome.verdict()) {
            case TAKEN -> {}
            case OTHER_ANSWER -> throw refused("Somebody has given another answer already, which stays.");
            case TOO_LATE -> throw refused("The time for the answer is over. Start the job again.");
            case JOB_ENDED -> throw refused("Job " + job.id() + " has ended: its tool takes no answer any more.");
            case WRONG ->
                throw refused("The answer to \"" + question.row().key() + "\" does not fit: "
                        + outcome.errors().stream()
                                .map(error ->
                                        (error.pointer().isEmpty() ? "" : error.pointer() + " ") + error.message())
                                .collect(Collectors.joining("; "))
                        + ".");
        }
    }

    private static RpcError refused(String why) {
        return new RpcError(RpcError.INVALID_PARAMS, why);
    }
}
