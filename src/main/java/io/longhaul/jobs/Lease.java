package io.longhaul.jobs;

import java.util.UUID;

/**
 * The right to run a job: one attempt by one run of a node. Every write of a worker names it; if the lease is gone,
 * the write changes nothing. It lasts as long as the node renews its own lease.
 *
 * @param jobId the job
 * @param attempt 1 for the first; never used twice for a job, so it is the fencing token
 * @param nodeId the node's run
 */
public record Lease(UUID jobId, int attempt, long nodeId) {}
