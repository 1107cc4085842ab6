package io.longhaul.workers.node;

import io.longhaul.jobs.JobSignals;
import io.longhaul.telemetry.Telemetry;
import org.jdbi.v3.core.Jdbi;

/**
 * The surroundings that the parts of a node share.
 *
 * @param jdbi the database, over connections of the workers
 * @param signals publishes ended jobs and jobs that went back into the queue; subscribed to for jobs to claim and cancelled ones
 */
public record Node(Jdbi jdbi, NodeState state, Telemetry telemetry, JobSignals signals) {}
