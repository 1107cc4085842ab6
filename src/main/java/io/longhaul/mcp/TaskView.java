package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.Progress;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.Rpc;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The form of tasks in an era. The eras differ in the names of two members and in the status of a task whose tool failed.
 *
 * @param ttlName name of the member with the time for which the task is kept
 * @param pauseName name of the member with the time until the next poll
 * @param toolErrorFails true if the failure of a tool makes a failed task; else the task is completed, and its result says so
 */
record TaskView(String ttlName, String pauseName, boolean toolErrorFails) {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** Clients poll less often the older a task is: after a twentieth of its age. */
    private static final int SHARE_OF_AGE = 20;

    /** The status of a task. The only place that translates the status of a job. */
    String status(Job job) {
        return switch (job.status()) {
            case PENDING, RUNNING -> "working";
            case COMPLETED -> "completed";
            case CANCELLED -> "cancelled";
            case FAILED -> toolErrorFails || !JobAnswer.isToolError(job) ? "failed" : "completed";
        };
    }

    /** The task without its result or error. */
    ObjectNode of(Job job) {
        ObjectNode task = Rpc.object().put("taskId", job.id().toString()).put("status", status(job));
        String message = message(job);
        if (message != null) {
            task.put("statusMessage", message);
        }
        task.put("createdAt", iso(job.createdAt())).put("lastUpdatedAt", iso(updatedAt(job)));
        task.put(ttlName, ttlMillis(job));
        task.put(pauseName, pause(job).toMillis());
        if (job.progress() != null && !job.status().isFinal()) {
            addNumbers(task, job.progress());
        }
        return task;
    }

    /** The message also carries the progress, because tasks have no other member for it. */
    private static String message(Job job) {
        if (job.inputs().anyOpen()) {
            return howToAnswer(job);
        }
        return switch (job.status()) {
            case PENDING -> waiting(job);
            case RUNNING -> job.progress() == null ? "Running." : text(job.progress());
            case COMPLETED -> null;
            case FAILED, CANCELLED -> job.endedByError() ? job.errorMessage() : null;
        };
    }

    /** For clients that cannot be asked. */
    static String howToAnswer(Job job) {
        return "Waiting for input: GET /v1/jobs/" + job.id() + "/inputs shows the question, and POST /v1/jobs/"
                + job.id() + "/inputs/KEY answers it.";
    }

    private static String waiting(Job job) {
        if (job.waiting() != null) {
            return job.waiting().message();
        }
        return job.attempt() > 0
                ? "Waiting for the next attempt after " + job.attempt() + "."
                : "Waiting for a free worker.";
    }

    static String text(Progress progress) {
        String share = progress.fraction() == null ? null : Math.round(progress.fraction() * 100) + " %";
        return share == null || progress.message() == null
                ? Objects.requireNonNullElse(share == null ? progress.message() : share, "Running.")
                : share + " " + progress.message();
    }

    private static void addNumbers(ObjectNode task, Progress progress) {
        ObjectNode numbers = Rpc.meta(task).putObject(LonghaulNames.PROGRESS);
        if (progress.fraction() != null) {
            numbers.put("fraction", progress.fraction());
        }
        if (progress.message() != null) {
            numbers.put("message", progress.message());
        }
    }

    private static Instant updatedAt(Job job) {
        return Stream.of(
                        job.createdAt(),
                        job.startedAt(),
                        job.completedAt(),
                        job.progress() == null ? null : job.progress().updatedAt())
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElseThrow();
    }

    /** Counted from the creation of the task, as in MCP. Null, which means unlimited, until the job has ended. */
    private static Long ttlMillis(Job job) {
        return job.status().isFinal() && job.expiresAt() != null
                ? Duration.between(job.createdAt(), job.expiresAt()).toMillis()
                : null;
    }

    private static Duration pause(Job job) {
        Duration guess = Duration.between(job.createdAt(), job.readAt()).dividedBy(SHARE_OF_AGE);
        return guess.compareTo(SHORTEST_PAUSE) < 0
                ? SHORTEST_PAUSE
                : guess.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : guess;
    }

    private static String iso(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
