package io.longhaul.jobs;

import java.time.Instant;

/**
 * The latest progress report of a job's tool.
 *
 * @param fraction 0.0 to 1.0, or null when unknown
 * @param message current activity, or null
 * @param updatedAt when the report was stored
 */
public record Progress(Double fraction, String message, Instant updatedAt) {}
