package io.longhaul.bench;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param jobs how many jobs a drain takes
 * @param time how long each submit is measured
 * @param runs how often all of it is done; medians are shown
 * @param samples how many jobs the time to pick-up is taken from
 */
public record Plan(int jobs, Duration time, int runs, int samples) {
    /** Some six minutes. */
    public static final Plan USUAL = new Plan(20_000, Duration.ofSeconds(4), 3, 200);

    /** Half a minute: whether it works, not how fast it is. */
    public static final Plan SMOKE = new Plan(1_000, Duration.ofMillis(600), 1, 20);
}
