package io.longhaul.jobs;

import java.util.UUID;

/**
 * The right to work on a job: one attempt by one run of a node. Every write a worker makes names it; a
 * write that finds it gone changes nothing. It lasts as long as the node's own lease is renewed.
 *
 * @param jobId the job
 * @param attempt 1 for the first; never given out twice for a job, so it serves as the fencing token
 * @param nodeId the node's run
 */
public record Lease(UUID jobId, int attempt, long nodeId) {}
