package io.longhaul.console.jobs;

import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Words;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Waiting;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JobQueries.EndedAttempts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One job in a list. Made without its params and its result.
 *
 * @param job the job
 * @param mayChange whether the visitor may cancel or repeat it
 * @param before its ended attempts, or null for none
 */
public record JobRow(Job job, boolean mayChange, EndedAttempts before) {
    private static final int LONGEST_NOTE = 400;

    public String path() {
        return Paths.JOBS + "/" + job.id();
    }

    public String shortId() {
        return job.id().toString().substring(0, 8);
    }

    /** Makes the rows of a list, with one more statement if jobs of it have begun more than once. */
    public static List<JobRow> of(List<Job> jobs, Predicate<Job> mayChange, Reads reads) {
        UUID[] repeated =
                jobs.stream().filter(JobRow::hasEndedAttempts).map(Job::id).toArray(UUID[]::new);
        List<EndedAttempts> found = repeated.length == 0
                ? null
                : reads.inTime(JobQueries.class, queries -> queries.endedAttempts(repeated));
        Map<UUID, EndedAttempts> before = (found == null ? List.<EndedAttempts>of() : found)
                .stream().collect(Collectors.toMap(EndedAttempts::jobId, Function.identity()));
        return jobs.stream()
                .map(job -> new JobRow(job, mayChange.test(job), before.get(job.id())))
                .toList();
    }

    /** A job that was put back or cancelled after a loss shows nothing of its first attempt. */
    private static boolean hasEndedAttempts(Job job) {
        boolean isBetween = job.status() == JobStatus.PENDING || job.status() == JobStatus.CANCELLED;
        return job.attempt() > (isBetween ? 0 : 1);
    }

    /** How long it waited for its first attempt; of a job that waits, how long it has waited this time. */
    public Duration waited() {
        boolean waits = job.status() == JobStatus.PENDING;
        Instant end = waits ? job.readAt() : firstEnd();
        Duration waited = Duration.between(before != null && waits ? before.lastEnd() : firstSince(job, end), end);
        return waited.isNegative() ? Duration.ZERO : waited;
    }

    /** When the wait for the first attempt was over, or is looked at. */
    private Instant firstEnd() {
        if (before != null) {
            return before.firstStart();
        }
        if (job.startedAt() != null) {
            return job.startedAt();
        }
        return job.completedAt() != null ? job.completedAt() : job.readAt();
    }

    /**
     * Since when a job waits for its first attempt: its submit, or the {@code run_at} that came since. One that is later than
     * the end of that wait is to come, or is that of a later attempt.
     */
    static Instant firstSince(Job job, Instant end) {
        Instant runAt = job.runAt();
        boolean came = runAt != null && runAt.isAfter(job.createdAt()) && !runAt.isAfter(end);
        return came ? runAt : job.createdAt();
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
    public List<Sentence.Part> note() {
        if (job.inputs().anyOpen()) {
            return Sentence.plain("waits for an answer");
        }
        return switch (job.status()) {
            case PENDING -> waitsFor();
            case RUNNING ->
                Sentence.plain(
                        job.progress() == null ? "" : Words.line(job.progress().message(), LONGEST_NOTE));
            case COMPLETED, FAILED, CANCELLED ->
                job.endedByError() ? Sentence.plain(Words.line(job.errorMessage(), LONGEST_NOTE)) : List.of();
        };
    }

    private List<Sentence.Part> waitsFor() {
        Waiting waiting = job.waiting();
        if (waiting != null) {
            String when = waiting.until() == null ? "" : " " + Words.ago(waiting.until(), job.readAt());
            return Sentence.of(waiting.message() + when, waiting.jobs());
        }
        if (job.awaits() > 0) {
            return Sentence.plain("after " + Words.count(job.awaits(), "job", "jobs"));
        }
        boolean later = job.runAt() != null && job.runAt().isAfter(job.readAt());
        return Sentence.plain(
                later ? (job.attempt() > 0 ? "next attempt " : "begins ") + Words.ago(job.runAt(), job.readAt()) : "");
    }
}
