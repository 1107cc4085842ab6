package io.longhaul.workers.remote;

import java.util.UUID;

/**
 * An attempt that a worker works on.
 *
 * @param attempt the fencing token: never given out twice for a job
 */
public record HeldJob(UUID jobId, int attempt) {}
