package io.longhaul.views;

import java.time.Instant;

/**
 * A list of jobs that somebody keeps.
 *
 * @param name its name, unique among those of its owner, or among the shared ones
 * @param query the query of the list in the console: filters, order and columns
 * @param shared whether all see it
 * @param changedBy who kept it last
 * @param createdAt when it was kept first
 * @param changedAt when it was kept last
 */
public record View(String name, String query, boolean shared, String changedBy, Instant createdAt, Instant changedAt) {}
