package io.longhaul.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.jobs.JobExtras;

/**
 * A job's own waits between attempts, as submitted. The tool's policy holds for members that are left out.
 *
 * @param backoff wait after the first failure, such as {@code 5s}
 * @param multiplier factor from one wait to the next
 * @param maxBackoff the longest wait
 * @param jitter random share of the wait, 0 to 1
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RetryRepresentation(String backoff, Double multiplier, String maxBackoff, Double jitter) {
    static RetryRepresentation of(JobExtras.Backoff retry) {
        return retry == null
                ? null
                : new RetryRepresentation(
                        text(retry.backoffMillis()),
                        retry.multiplier(),
                        text(retry.maxBackoffMillis()),
                        retry.jitter());
    }

    private static String text(Long millis) {
        return millis == null ? null : millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
