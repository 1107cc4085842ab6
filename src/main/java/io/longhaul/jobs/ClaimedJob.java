package io.longhaul.jobs;

import java.time.Instant;

/**
 * What a worker needs to work on a job it has just claimed.
 *
 * @param lease the right to do so
 * @param tool name of the tool
 * @param params JSON value as text
 * @param traceId the job's trace
 * @param failures how many attempts have failed before
 * @param maxAttempts how many may fail, or null for the tool's policy
 * @param timeoutSeconds how long this attempt may take, or null for the tool's policy
 * @param leasedAt database time of the claim
 * @param retry how its failed attempts are repeated, or null for the tool's policy
 * @param concurrencyKey jobs with the same key take turns, or null
 * @param place where it stood in the queue
 */
public record ClaimedJob(
        Lease lease,
        String tool,
        String params,
        String traceId,
        int failures,
        Integer maxAttempts,
        Integer timeoutSeconds,
        Instant leasedAt,
        JobExtras.Backoff retry,
        String concurrencyKey,
        QueuePosition place) {}
