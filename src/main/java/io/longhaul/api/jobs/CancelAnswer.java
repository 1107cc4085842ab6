package io.longhaul.api.jobs;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import java.util.UUID;

/**
 * What came of a cancel.
 *
 * @param cancelled false if the job had ended before
 * @param jobId the job
 * @param status where it stands now
 * @param message for people
 */
@JsonNaming(SnakeCaseStrategy.class)
record CancelAnswer(
        boolean cancelled,
        UUID jobId,

        @Shape(values = {"pending", "running", "completed", "failed", "cancelled"})
        String status,

        String message) {}
