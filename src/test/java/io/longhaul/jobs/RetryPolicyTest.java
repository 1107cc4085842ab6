package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final RandomGenerator LOWEST = new Fixed(0.0);
    private static final RandomGenerator HIGHEST = new Fixed(Math.nextDown(1.0));

    private static RetryPolicy policy(int maxAttempts, double multiplier, double jitter) {
        return new RetryPolicy(maxAttempts, Duration.ofSeconds(5), multiplier, Duration.ofSeconds(60), jitter);
    }

    @Test
    void theFirstWaitIsTheBackoffAndEachFurtherOneIsLongerByTheMultiplier() {
        RetryPolicy policy = policy(9, 2, 0);
        assertThat(policy.waitAfter(1, LOWEST)).contains(Duration.ofSeconds(5));
        assertThat(policy.waitAfter(2, LOWEST)).contains(Duration.ofSeconds(10));
        assertThat(policy.waitAfter(3, LOWEST)).contains(Duration.ofSeconds(20));
    }

    @Test
    void noWaitIsLongerThanTheLongestOne() {
        RetryPolicy policy = policy(Integer.MAX_VALUE, 2, 0);
        assertThat(policy.waitAfter(5, LOWEST)).contains(Duration.ofSeconds(60));
        assertThat(policy.waitAfter(1_000_000, LOWEST)).contains(Duration.ofSeconds(60));
    }

    @Test
    void theLastAllowedFailureIsFollowedByNoAttempt() {
        RetryPolicy policy = policy(3, 2, 0);
        assertThat(policy.waitAfter(2, LOWEST)).isPresent();
        assertThat(policy.waitAfter(3, LOWEST)).isEmpty();
        assertThat(policy.waitAfter(4, LOWEST)).isEmpty();
    }

    @Test
    void oneAttemptMeansNoRetry() {
        assertThat(policy(1, 2, 0).waitAfter(1, LOWEST)).isEmpty();
    }

    @Test
    void aMultiplierOfOneKeepsTheWait() {
        RetryPolicy policy = policy(9, 1, 0);
        assertThat(policy.waitAfter(1, LOWEST)).isEqualTo(policy.waitAfter(8, LOWEST));
    }

    @Test
    void jitterOnlyShortensTheWaitAndByNoMoreThanItsShare() {
        RetryPolicy policy = policy(9, 2, 0.2);
        assertThat(policy.waitAfter(1, LOWEST)).contains(Duration.ofSeconds(5));
        assertThat(policy.waitAfter(1, HIGHEST)).contains(Duration.ofSeconds(4));
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(policy.waitAfter(2, random).orElseThrow())
                    .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
        }
    }

    @Test
    void aBackoffOfNothingTriesAgainAtOnce() {
        RetryPolicy policy = new RetryPolicy(3, Duration.ZERO, 2, Duration.ZERO, 1);
        assertThat(policy.waitAfter(2, HIGHEST)).contains(Duration.ZERO);
    }

    private record Fixed(double value) implements RandomGenerator {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public double nextDouble() {
            return value;
        }
    }
}
