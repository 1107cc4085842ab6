package io.longhaul.jobs.intake;

import io.longhaul.jobs.JobExtras;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A client's request for a job, checked in form but not yet accepted.
 *
 * @param tool name of a tool
 * @param params JSON value as text
 * @param traceId at most 36 characters
 * @param ttl retention after the job's end, and the longest wait before its start
 * @param priority 0 to 10, 10 first
 * @param runAt not before this time, or null for at once
 * @param maxAttempts failed attempts allowed, or null for the tool's policy
 * @param timeout time limit of one attempt, or null for the tool's policy
 * @param idempotencyKey at most 255 characters, or null
 * @param extras rarely used members
 */
public record Submission(
        String tool,
        String params,
        String traceId,
        Duration ttl,
        int priority,
        Instant runAt,
        Integer maxAttempts,
        Duration timeout,
        String idempotencyKey,
        JobExtras extras) {

    /** A submission without extras. */
    public Submission(
            String tool,
            String params,
            String traceId,
            Duration ttl,
            int priority,
            Instant runAt,
            Integer maxAttempts,
            Duration timeout,
            String idempotencyKey) {
        this(tool, params, traceId, ttl, priority, runAt, maxAttempts, timeout, idempotencyKey, JobExtras.NONE);
    }

    /** A copy that is a run of a schedule. */
    public Submission ofSchedule(UUID schedule) {
        return with(extras.but(changed -> changed.scheduleId = schedule));
    }

    /** A copy that belongs to a principal, whose idempotency keys are separate from those of others. */
    public Submission ownedBy(String principal) {
        return new Submission(
                tool,
                params,
                traceId,
                ttl,
                priority,
                runAt,
                maxAttempts,
                timeout,
                idempotencyKey == null ? null : Fingerprint.ofKey(principal, idempotencyKey),
                extras.ownedBy(principal));
    }

    /** A copy with other extras. */
    Submission with(JobExtras others) {
        return new Submission(
                tool, params, traceId, ttl, priority, runAt, maxAttempts, timeout, idempotencyKey, others);
    }
}
