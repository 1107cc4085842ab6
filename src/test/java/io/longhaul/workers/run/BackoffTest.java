package io.longhaul.workers.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.ClaimedJobBuilder;
import io.longhaul.jobs.RetryPolicy;
import io.longhaul.tools.settings.Retry;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final RandomGenerator LOWEST = new Fixed(0.0);
    private static final RandomGenerator HIGHEST = new Fixed(Math.nextDown(1.0));

    private static RetryPolicy policy(int maxAttempts, double multiplier, double jitter) {
        return new RetryPolicy(maxAttempts, Duration.ofSeconds(5), multiplier, Duration.ofSeconds(60), jitter);
    }

    @Test
    void theFirstWaitIsTheBackoffAndEachFurtherOneIsLongerByTheMultiplier() {
        RetryPolicy policy = policy(9, 2, 0);
        assertThat(Backoff.waitAfter(1, policy, LOWEST)).contains(Duration.ofSeconds(5));
        assertThat(Backoff.waitAfter(2, policy, LOWEST)).contains(Duration.ofSeconds(10));
        assertThat(Backoff.waitAfter(3, policy, LOWEST)).contains(Duration.ofSeconds(20));
    }

    @Test
    void noWaitIsLongerThanTheLongestOne() {
        RetryPolicy policy = policy(Integer.MAX_VALUE, 2, 0);
        assertThat(Backoff.waitAfter(5, policy, LOWEST)).contains(Duration.ofSeconds(60));
        assertThat(Backoff.waitAfter(1_000_000, policy, LOWEST)).contains(Duration.ofSeconds(60));
    }

    @Test
    void theLastAllowedFailureIsFollowedByNoAttempt() {
        RetryPolicy policy = policy(3, 2, 0);
        assertThat(Backoff.waitAfter(2, policy, LOWEST)).isPresent();
        assertThat(Backoff.waitAfter(3, policy, LOWEST)).isEmpty();
        assertThat(Backoff.waitAfter(4, policy, LOWEST)).isEmpty();
    }

    @Test
    void oneAttemptMeansNoRetry() {
        assertThat(Backoff.waitAfter(1, policy(1, 2, 0), LOWEST)).isEmpty();
    }

    @Test
    void aMultiplierOfOneKeepsTheWait() {
        RetryPolicy policy = policy(9, 1, 0);
        assertThat(Backoff.waitAfter(1, policy, LOWEST)).isEqualTo(Backoff.waitAfter(8, policy, LOWEST));
    }

    @Test
    void jitterOnlyShortensTheWaitAndByNoMoreThanItsShare() {
        RetryPolicy policy = policy(9, 2, 0.2);
        assertThat(Backoff.waitAfter(1, policy, LOWEST)).contains(Duration.ofSeconds(5));
        assertThat(Backoff.waitAfter(1, policy, HIGHEST)).contains(Duration.ofSeconds(4));
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(Backoff.waitAfter(2, policy, random).orElseThrow())
                    .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
        }
    }

    @Test
    void aBackoffOfNothingTriesAgainAtOnce() {
        RetryPolicy policy = new RetryPolicy(3, Duration.ZERO, 2, Duration.ZERO, 1);
        assertThat(Backoff.waitAfter(2, policy, HIGHEST)).contains(Duration.ZERO);
    }

    @Test
    void aToolMayAskForALongerWaitButNotForAnEndlessOne() {
        ClaimedJob job = ClaimedJobBuilder.of("tool").build();
        Retry retry = new Retry(3, Duration.ofSeconds(5), Duration.ofMinutes(5), 2, 0.2);
        assertThat(Backoff.waitAfter(job, retry, Duration.ofHours(1))).contains(Duration.ofHours(1));
        assertThat(Backoff.waitAfter(job, retry, ChronoUnit.FOREVER.getDuration()))
                .contains(Duration.ofDays(7));
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
