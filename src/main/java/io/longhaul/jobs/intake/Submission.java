package io.longhaul.jobs.intake;

import io.longhaul.jobs.JobExtras;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * What a client asks for, checked in form but not yet accepted.
 *
 * @param tool name of a tool
 * @param params JSON value as text
 * @param traceId at most 36 characters
 * @param ttl how long the job is kept after its end, and how long it may wait before its start
 * @param priority 0 to 10, 10 first
 * @param runAt not before this time, or null for at once
 * @param maxAttempts how many failing attempts it may have, or null for its tool's policy
 * @param timeout how long one attempt may take, or null for its tool's policy
 * @param idempotencyKey at most 255 characters, or null
 * @param extras what few jobs ask for
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

    /** A submission that asks for nothing out of the ordinary; parameters as above. */
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

    /**
     * The same as a run of a schedule.
     *
     * @param schedule the schedule
     * @return what is submitted for it
     */
    public Submission ofSchedule(UUID schedule) {
        return with(extras.but(changed -> changed.scheduleId = schedule));
    }

    /**
     * The same of somebody: theirs to see, and with an idempotency key of their own.
     *
     * @param principal who submits it
     * @return what is submitted for them
     */
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

    /** The same with other extras. */
    Submission with(JobExtras others) {
        return new Submission(
                tool, params, traceId, ttl, priority, runAt, maxAttempts, timeout, idempotencyKey, others);
    }
}
