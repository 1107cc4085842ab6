package io.longhaul.api.workers;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.jobs.Outcome;

/**
 * What became of an attempt that a worker told the end of.
 *
 * @param status {@code completed}, {@code failed}, {@code retry} when another attempt follows, or {@code released}
 * @param errorCode why it failed, or null
 * @param message the same for people, or null
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record AttemptAnswer(
        @Shape(values = {"completed", "failed", "retry", "released"})
        String status,

        String errorCode,
        String message) {
    static AttemptAnswer of(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return new AttemptAnswer("failed", failed.errorCode(), failed.errorMessage());
        }
        if (outcome instanceof Outcome.RetryLater retry) {
            return new AttemptAnswer("retry", retry.errorCode(), retry.errorMessage());
        }
        return new AttemptAnswer(outcome instanceof Outcome.Completed ? "completed" : "released", null, null);
    }
}
