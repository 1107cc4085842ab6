package io.longhaul.workers.remote;

import java.util.UUID;

/**
 * An attempt that a worker is to stop.
 *
 * @param worker the worker's run
 * @param reason {@code CANCELLED}, {@code TIMEOUT}, or {@code LEASE_LOST} when the job is another worker's
 */
public record Stop(UUID jobId, int attempt, long worker, String reason) {}
