/** Metrics of the queues of all nodes, from a query that all scrapes share. */
package io.longhaul.telemetry.queues;
