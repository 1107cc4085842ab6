package io.longhaul.jobs;

import java.time.Duration;
import java.time.Instant;

/**
 * Everything that a worker needs to run a job that it has just claimed.
 *
 * @param lease the right to run it
 * @param tool name of the tool
 * @param params JSON value as text
 * @param traceId the job's trace
 * @param traceSpan the span that its work continues with its flags, or null
 * @param failures attempts that have failed before
 * @param maxAttempts failed attempts allowed, or null for the tool's policy
 * @param timeoutSeconds time limit of this attempt, or null for the tool's policy
 * @param leasedAt database time of the claim
 * @param waited time since it was accepted, or since the time before which it must not start
 * @param retry the job's own backoff, or null for the tool's policy
 * @param maxLosses the job's own number of lost workers that it survives, or null for the tool's policy
 * @param concurrencyKey limits how many jobs with the same key run at once, or null
 * @param place position in the queue
 */
public record ClaimedJob(
        Lease lease,
        String tool,
        String params,
        String traceId,
        String traceSpan,
        int failures,
        Integer maxAttempts,
        Integer timeoutSeconds,
        Instant leasedAt,
        Duration waited,
        JobExtras.Backoff retry,
        Integer maxLosses,
        String concurrencyKey,
        QueuePosition place) {}
