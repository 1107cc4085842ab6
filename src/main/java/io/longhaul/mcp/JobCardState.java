package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JobQueries.FailedAttempt;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Rpc;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A job as the job card shows it. Durations are told instead of times, because the clock of a browser may be wrong, and
 * the result is told as text, because a browser rounds large numbers.
 */
final class JobCardState {
    private static final int MOST_LINES = 200;
    private static final int LONGEST_LINE = 2000;

    /** Larger ones are for programs; the card says where they are. */
    private static final int MOST_CHARACTERS = 1 << 20;

    /** What a user can do about an end that was none to wish for. */
    private static final Map<String, String> CURES = Map.of(
            "TOOL_ERROR", "The log has what the tool said. Call it again when that is put right.",
            "INVALID_PARAMS", "Call the tool again with other arguments.",
            "TIMEOUT", "Ask for less at a time, or let an operator raise the timeout of the tool.",
            "RESULT_TOO_LARGE", "Ask for less at a time, or let an operator raise the limit of the tool.",
            "FILE_TOO_LARGE", "Ask for less at a time, or let an operator raise the limit of the tool.",
            "LIMIT_EXCEEDED", "Ask for less at a time, or let an operator raise the limit of the tool.",
            "UNAVAILABLE", "Call it again later. If it stays so, an operator has to look at what the tool needs.",
            "WORKER_LOST", "Nodes died while they ran it. An operator finds the reason in their logs.",
            "EXPIRED", "No node took it up in time. Call it again when a node with this tool runs.");

    private final JobQueries queries;
    private final JobAnswer answers;
    private final JobCardAnswers questions;
    private final String publicUrl;

    /** With the address of this server for browsers, or an empty text. */
    JobCardState(JobQueries queries, JobAnswer answers, JobCardAnswers questions, String publicUrl) {
        this.queries = queries;
        this.answers = answers;
        this.questions = questions;
        this.publicUrl = publicUrl;
    }

    /** No job. */
    static ObjectNode none() {
        return Rpc.object().put("found", false);
    }

    ObjectNode of(Job job, long afterLine, Caller caller) {
        ObjectNode task = ModernEra.TASKS.of(job);
        ObjectNode state = Rpc.object()
                .put("found", true)
                .put("job_id", job.id().toString())
                .put("tool", job.tool())
                .put("status", job.status().label())
                .put("elapsed_ms", elapsed(job).toMillis())
                .put("attempt", job.attempt())
                .put("poll_ms", task.path("pollIntervalMs").asLong());
        if (job.maxAttempts() != null) {
            state.put("max_attempts", job.maxAttempts());
        }
        if (job.node() != null) {
            state.put("node", job.node());
        }
        if (task.has("statusMessage")) {
            state.set("message", task.get("statusMessage"));
        }
        addProgress(state, job);
        addAttempts(state.putArray("attempts"), queries.failedAttempts(job.id()));
        questions.describe(state.putArray("questions"), job);
        addLog(state, queries.lastLogsAfter(job.id(), afterLine, MOST_LINES + 1));
        state.put(
                "may_cancel", !job.status().isFinal() && caller.principal().may(Role.SUBMIT) && caller.mayChange(job));
        addEnd(state, job);
        return state;
    }

    private static Duration elapsed(Job job) {
        Instant end = job.completedAt() == null ? job.readAt() : job.completedAt();
        return Duration.between(job.createdAt(), end);
    }

    private static void addProgress(ObjectNode state, Job job) {
        if (job.progress() != null) {
            ObjectNode progress = state.putObject("progress");
            if (job.progress().fraction() != null) {
                progress.put("fraction", job.progress().fraction());
            }
            if (job.progress().message() != null) {
                progress.put("message", job.progress().message());
            }
        }
    }

    private static void addAttempts(ArrayNode attempts, List<FailedAttempt> failed) {
        failed.forEach(one -> attempts.addObject()
                .put("attempt", one.attempt())
                .put("node", one.nodeName())
                .put("code", one.errorCode())
                .put("message", one.errorMessage()));
    }

    private static void addLog(ObjectNode state, List<LogLine> lines) {
        ArrayNode log = state.putArray("log");
        boolean cut = lines.size() > MOST_LINES;
        state.put("log_cut", cut);
        lines.subList(cut ? 1 : 0, lines.size())
                .forEach(line -> log.addObject().put("n", line.lineNo()).put("text", shortened(line.line())));
    }

    private static String shortened(String line) {
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
    }

    private void addEnd(ObjectNode state, Job job) {
        if (job.endedByError()) {
            ObjectNode error =
                    state.putObject("error").put("code", job.errorCode()).put("message", job.errorMessage());
            String cure = job.errorCode() == null ? null : CURES.get(job.errorCode());
            if (cure != null) {
                error.put("cure", cure);
            }
        } else if (job.status() == JobStatus.COMPLETED) {
            state.set("answer", answer(job));
            if (!publicUrl.isEmpty()) {
                state.put("files_url", publicUrl + "/v1/jobs/" + job.id() + "/files/");
            }
        }
    }

    private JsonNode answer(Job job) {
        ObjectNode answer = answers.of(job);
        answer.remove("structuredContent");
        if (Json.sorted(answer).length() <= MOST_CHARACTERS) {
            return answer;
        }
        ObjectNode note = Rpc.object();
        JobAnswer.addText(
                note.putArray("content"),
                "The result is too large to be shown here. GET /v1/jobs/" + job.id() + " has it, and so has the"
                        + " resource " + JobUri.of(job.id()) + "/result.");
        return note;
    }
}
