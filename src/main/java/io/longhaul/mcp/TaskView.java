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
 * A job as a task of an era. What differs is how two members are called, and what has become of a tool that failed.
 *
 * @param ttlName the member that says how long the task is kept
 * @param pauseName the member that says when to ask again
 * @param toolErrorFails whether a tool that failed makes a failed task, or a completed one whose result says so
 */
record TaskView(String ttlName, String pauseName, boolean toolErrorFails) {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** What has run for an hour will not end in this second. */
    private static final int SHARE_OF_AGE = 20;

    /** Where a task stands; the one place that knows what a status of a job means to a client. */
    String status(Job job) {
        return switch (job.status()) {
            case PENDING, RUNNING -> "working";
            case COMPLETED -> "completed";
            case CANCELLED -> "cancelled";
            case FAILED -> toolErrorFails || !JobAnswer.isToolError(job) ? "failed" : "completed";
        };
    }

    /** All that there is to say, but for the answer itself. */
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

    /** The only way in which a task tells of its progress. */
    private static String message(Job job) {
        return switch (job.status()) {
            case PENDING -> waiting(job);
            case RUNNING -> job.progress() == null ? "Running." : text(job.progress());
            case COMPLETED -> null;
            case FAILED, CANCELLED -> job.errorMessage();
        };
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

    /** Null, which is unlimited, until the end is known; then from the beginning, as the protocol counts. */
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
