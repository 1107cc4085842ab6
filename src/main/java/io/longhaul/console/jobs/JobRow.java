package io.longhaul.console.jobs;

import io.longhaul.console.Paths;
import io.longhaul.console.Words;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import java.time.Duration;
import java.time.Instant;

/**
 * One job in a list. Made without its params and its result.
 *
 * @param job the job
 * @param mayChange whether the visitor may cancel or repeat it
 */
public record JobRow(Job job, boolean mayChange) {
    private static final int LONGEST_NOTE = 160;

    public String path() {
        return Paths.JOBS + "/" + job.id();
    }

    public String shortId() {
        return job.id().toString().substring(0, 8);
    }

    /** How long it waited for its first attempt, or has waited so far. */
    public Duration waited() {
        Instant begin = job.runAt() != null && job.runAt().isAfter(job.createdAt()) ? job.runAt() : job.createdAt();
        Instant end = job.startedAt() != null
                ? job.startedAt()
                : job.completedAt() != null ? job.completedAt() : job.readAt();
        Duration waited = Duration.between(begin, end);
        return waited.isNegative() ? Duration.ZERO : waited;
    }

    /** How long its latest attempt ran; null for a job that waits. */
    public Duration ran() {
        return job.status() == JobStatus.PENDING ? null : job.duration();
    }

    /** The attempt, and how many there may be if that is known. */
    public String attempt() {
        if (job.attempt() == 0) {
            return "";
        }
        return job.maxAttempts() == null ? "" + job.attempt() : job.attempt() + "/" + job.maxAttempts();
    }

    /** Share that is done of a running job; null if unknown. */
    public Double fraction() {
        return job.status() == JobStatus.RUNNING && job.progress() != null
                ? job.progress().fraction()
                : null;
    }

    /** The most telling line: what it does, waits for, or failed by. */
    public String note() {
        if (job.inputs().anyOpen()) {
            return "waits for an answer";
        }
        return switch (job.status()) {
            case PENDING -> waitsFor();
            case RUNNING ->
                job.progress() == null ? "" : Words.line(job.progress().message(), LONGEST_NOTE);
            case COMPLETED, CANCELLED -> "";
            case FAILED -> Words.line(job.errorMessage(), LONGEST_NOTE);
        };
    }

    private String waitsFor() {
        if (job.awaits() > 0) {
            return "after " + Words.count(job.awaits(), "job", "jobs");
        }
        boolean later = job.runAt() != null && job.runAt().isAfter(job.readAt());
        if (!later) {
            return "";
        }
        return (job.attempt() > 0 ? "next attempt " : "") + Words.ago(job.runAt(), job.readAt());
    }
}
