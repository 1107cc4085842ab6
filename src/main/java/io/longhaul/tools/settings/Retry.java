package io.longhaul.tools.settings;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/**
 * Retry policy for failed attempts of a tool.
 *
 * @param maxAttempts attempts in all; 1 never repeats
 * @param backoff wait before the second attempt
 * @param maxBackoff longest wait between two attempts
 * @param multiplier factor from each wait to the next
 * @param jitter share of each wait, 0 to 1, that is random, so that jobs that failed together do not come back together
 */
public record Retry(int maxAttempts, Duration backoff, Duration maxBackoff, double multiplier, double jitter) {
    public static final Retry NEVER = new Retry(1, Duration.ofSeconds(5), Duration.ofMinutes(5), 2, 0.2);

    /** Checks the ranges. */
    public Retry {
        Checks.range("retry.max_attempts", maxAttempts, 1, 100);
        Checks.atLeastZero("retry.backoff", backoff);
        Checks.atLeastZero("retry.max_backoff", maxBackoff);
        Checks.that(
                maxBackoff.compareTo(backoff) >= 0,
                "retry.max_backoff (%s) is shorter than retry.backoff (%s): raise max_backoff or lower backoff",
                maxBackoff,
                backoff);
        Checks.range("retry.multiplier", multiplier, 1, 100);
        Checks.range("retry.jitter", jitter, 0, 1);
    }

    /** Fills in defaults; a backoff longer than the default of {@code max_backoff} raises that too. */
    @JsonCreator
    static Retry of(
            @JsonProperty("max_attempts") Integer maxAttempts,
            @JsonProperty("backoff") io.dropwizard.util.Duration backoff,
            @JsonProperty("max_backoff") io.dropwizard.util.Duration maxBackoff,
            @JsonProperty("multiplier") Double multiplier,
            @JsonProperty("jitter") Double jitter) {
        Duration first = backoff == null ? NEVER.backoff : backoff.toJavaDuration();
        Duration usual = first.compareTo(NEVER.maxBackoff) > 0 ? first : NEVER.maxBackoff;
        return new Retry(
                maxAttempts == null ? NEVER.maxAttempts : maxAttempts,
                first,
                maxBackoff == null ? usual : maxBackoff.toJavaDuration(),
                multiplier == null ? NEVER.multiplier : multiplier,
                jitter == null ? NEVER.jitter : jitter);
    }
}
