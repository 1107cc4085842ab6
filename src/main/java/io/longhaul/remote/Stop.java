package io.longhaul.remote;

import java.util.UUID;

/**
 * An attempt that a worker is to stop.
 *
 * @param jobId the job
 * @param attempt the attempt
 * @param worker the run that is at it
 * @param reason {@code CANCELLED}, {@code TIMEOUT}, or {@code LEASE_LOST} when the job is somebody else's
 */
public record Stop(UUID jobId, int attempt, long worker, String reason) {}
