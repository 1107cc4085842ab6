package io.longhaul.bench;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param jobs how many jobs a drain takes
 * @param time how long each submit is measured
 * @param runs how often all of it is done; medians are shown
 * @param samples how many jobs the time to pick-up is taken from
 * @param warmUp how long a server does such work before the clock starts, so that the compiler has seen its code
 */
public record Plan(int jobs, Duration time, int runs, int samples, Duration warmUp) {
    /** Some eight minutes. */
    public static final Plan USUAL = new Plan(20_000, Duration.ofSeconds(4), 3, 200, Duration.ofSeconds(15));

    /** Half a minute: whether it works, not how fast it is. */
    public static final Plan SMOKE = new Plan(1_000, Duration.ofMillis(600), 1, 20, Duration.ZERO);
}
