package io.longhaul.jobs;

import java.time.Instant;

/**
 * How far a job is, as its tool told last.
 *
 * @param fraction 0.0 to 1.0, or null when unknown
 * @param message what is being done, or null
 * @param updatedAt when that was stored
 */
public record Progress(Double fraction, String message, Instant updatedAt) {}
