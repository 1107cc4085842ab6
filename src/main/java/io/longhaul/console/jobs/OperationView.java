package io.longhaul.console.jobs;

import io.longhaul.console.Paths;
import io.longhaul.console.Words;
import io.longhaul.jobs.JobStatus;
import io.longhaul.operations.BulkOperation;
import io.longhaul.operations.JobOutcome;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An operation, with a part of its jobs.
 *
 * @param operation the operation
 * @param filter its filter in words
 * @param part the jobs that are shown
 * @param mayStop whether its visitor may stop it
 * @param commands the same by other means
 * @param readAt when it was read
 */
public record OperationView(
        BulkOperation operation, String filter, Part part, boolean mayStop, Commands commands, Instant readAt) {
    /** What a job of an operation can be. */
    public static final List<String> OUTCOMES = List.of("pending", "done", "skipped", "failed");

    /**
     * Some of the jobs of an operation.
     *
     * @param outcome only jobs with this outcome, or null for all
     * @param jobs the oldest first
     * @param now statuses of their new jobs, as far as these are still kept
     * @param last position of the last one if there are more, else 0
     * @param later whether others come before them
     */
    public record Part(String outcome, List<JobOutcome> jobs, Map<UUID, JobStatus> now, long last, boolean later) {
        /** What became of the new jobs that are shown, in words; empty if there are none. */
        public String words() {
            return Stream.of(JobStatus.values())
                    .filter(now::containsValue)
                    .map(status -> Words.number(Collections.frequency(now.values(), status)) + " " + status.label())
                    .collect(Collectors.joining(", "));
        }
    }

    /** True once nothing that is shown can change any more. */
    public boolean isFinal() {
        return operation.state().isFinal() && part.now().values().stream().allMatch(JobStatus::isFinal);
    }

    static String verb(BulkOperation operation) {
        return operation.kind() == BulkOperation.Kind.CANCEL ? "Cancel" : "Run again";
    }

    public String title() {
        return verb(operation) + " all that match";
    }

    /** How far it is, with the name that jobs have for it. */
    public static JobStatus status(BulkOperation operation) {
        return JobStatus.fromLabel(operation.state().label()).orElseThrow();
    }

    public String path() {
        return Paths.OPERATIONS + "/" + operation.id();
    }

    /** The address of the jobs with an outcome; null for all. */
    public String path(String outcome) {
        return outcome == null ? path() : path() + "?outcome=" + outcome;
    }

    /** The address of the jobs that follow. */
    public String next() {
        return path() + "?" + (part.outcome() == null ? "" : "outcome=" + part.outcome() + "&") + "after="
                + part.last();
    }

    /** Number of jobs with an outcome. */
    public String count(String outcome) {
        return Words.number(
                switch (outcome) {
                    case "done" -> operation.done();
                    case "skipped" -> operation.skipped();
                    case "failed" -> operation.failed();
                    default -> operation.matched() - operation.decided();
                });
    }

    /** An outcome in words. */
    public String words(JobOutcome job) {
        if (job.outcome() == null) {
            return operation.state().isFinal() ? "Left as it was." : "Its turn comes.";
        }
        if (job.errorMessage() != null) {
            return job.errorMessage();
        }
        return operation.kind() == BulkOperation.Kind.CANCEL ? "It is cancelled." : "A new job runs it again.";
    }

    /** The progress in one sentence. */
    public String progress() {
        String of = Words.number(operation.decided()) + " of " + Words.count(operation.matched(), "job", "jobs");
        return switch (operation.state()) {
            case PENDING -> "It begins in a moment.";
            case RUNNING ->
                operation.listed()
                        ? of + " have an outcome."
                        : "Its jobs are being listed: " + Words.number(operation.matched()) + " so far.";
            case COMPLETED -> operation.matched() == 0 ? "No job matched." : "Each job has an outcome.";
            case CANCELLED -> "It was stopped: " + of + " have an outcome, the others stay as they were.";
        };
    }
}
