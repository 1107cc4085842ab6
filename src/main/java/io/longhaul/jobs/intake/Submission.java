package io.longhaul.jobs.intake;

import io.longhaul.jobs.JobExtras;
import io.longhaul.traces.JobTrace;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;

/**
 * A client's request for a job, checked in form but not yet accepted.
 *
 * @param tool name of a tool
 * @param params JSON value as text
 * @param traceId at most 36 characters
 * @param ttl retention after the job's end
 * @param priority 0 to 10, 10 first
 * @param runAt not before this time, or null for at once
 * @param maxAttempts failed attempts allowed, or null for the tool's policy
 * @param timeout time limit of one attempt, or null for the tool's policy
 * @param idempotencyKey at most 255 characters, or null
 * @param extras rarely used members
 * @param tools names of the only tools that its submitter may use, or null for all; no message tells of others
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
        JobExtras extras,
        Set<String> tools) {

    /** 128 bits, so that no two principals get the same prefix. */
    private static final int OWNER_DIGITS = 32;

    /** Width of the column. */
    private static final int LONGEST_KEY = 255;

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

    /** A submission of somebody who may use all tools. */
    public Submission(
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
        this(tool, params, traceId, ttl, priority, runAt, maxAttempts, timeout, idempotencyKey, extras, null);
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
                idempotencyKey == null ? null : keyOf(principal, idempotencyKey),
                extras.ownedBy(principal),
                tools);
    }

    /** A copy whose submitter may use these tools only, or all if they are null. */
    public Submission limitedTo(Set<String> only) {
        return new Submission(
                tool, params, traceId, ttl, priority, runAt, maxAttempts, timeout, idempotencyKey, extras, only);
    }

    /** Whether its submitter may know that there is a tool. */
    public boolean mayKnow(String name) {
        return tools == null || tools.contains(name);
    }

    private static void withoutCircumstances(JobExtras.Draft extras) {
        extras.batchId = null;
        extras.traceSpan = null;
    }

    /** A copy that continues a span, which may be null. */
    public Submission under(String traceSpan) {
        return traceSpan == null ? this : with(extras.but(changed -> changed.traceSpan = traceSpan));
    }

    /** A copy in another trace. */
    Submission in(JobTrace trace) {
        return new Submission(
                        tool,
                        params,
                        trace.traceId(),
                        ttl,
                        priority,
                        runAt,
                        maxAttempts,
                        timeout,
                        idempotencyKey,
                        extras,
                        tools)
                .under(trace.span());
    }

    /** The trace of its job. */
    JobTrace trace() {
        return new JobTrace(traceId, extras.traceSpan());
    }

    /** A copy with other extras. */
    Submission with(JobExtras others) {
        return new Submission(
                tool, params, traceId, ttl, priority, runAt, maxAttempts, timeout, idempotencyKey, others, tools);
    }

    /**
     * SHA-256 of everything the client chose, in hexadecimal: two submissions of the same request have the same. The params
     * count as text.
     */
    String fingerprint() {
        String payload = String.join(
                "\n",
                tool,
                String.valueOf(ttl),
                String.valueOf(priority),
                String.valueOf(runAt),
                String.valueOf(maxAttempts),
                String.valueOf(timeout),
                params);
        String chosen = extras.but(Submission::withoutCircumstances).json();
        return sha256(chosen == null ? payload : payload + "\n" + chosen);
    }

    /**
     * The stored form of a principal's key, so that two principals may use the same key. Short keys keep their
     * order.
     */
    private static String keyOf(String principal, String key) {
        String whole = sha256(principal).substring(0, OWNER_DIGITS) + ":" + key;
        return whole.codePointCount(0, whole.length()) <= LONGEST_KEY
                ? whole
                : sha256(principal).substring(0, OWNER_DIGITS) + ":" + sha256(key);
    }

    private static String sha256(String payload) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(payload.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
