package io.longhaul.workers.claim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClaimAheadTest {
    private final ClaimAhead lookahead = new ClaimAhead();

    private void ended(int times, Duration took) {
        for (int i = 0; i < times; i++) {
            lookahead.ended(took);
        }
    }

    @Test
    void claimsNothingAheadBeforeTheFirstAttempt() {
        assertThat(lookahead.jobs(10)).isZero();
    }

    @Test
    void claimsQuickJobsAhead() {
        ended(1, Duration.ofMillis(2));
        assertThat(lookahead.jobs(10)).isEqualTo(100);
        assertThat(lookahead.jobs(0)).as("no slot will be free").isZero();
    }

    @Test
    void doesNotClaimJobsOfSecondsAhead() {
        ended(10, Duration.ofSeconds(1));
        assertThat(lookahead.jobs(40)).isZero();
    }

    @Test
    void claimsNoMoreAheadThanOneStatementTakes() {
        ended(10, Duration.ofNanos(10));
        assertThat(lookahead.jobs(10_000)).isEqualTo(500);
    }

    @Test
    void noticesSlowJobsAtOnceAndQuickOnesLate() {
        ended(100, Duration.ofMillis(1));
        int quick = lookahead.jobs(10);
        ended(2, Duration.ofSeconds(1));
        assertThat(lookahead.jobs(10)).isZero();
        ended(2, Duration.ofMillis(1));
        assertThat(lookahead.jobs(10)).isZero();
        ended(500, Duration.ofMillis(1));
        assertThat(lookahead.jobs(10)).isCloseTo(quick, org.assertj.core.data.Offset.offset(2));
    }

    @Test
    void claimsNothingAheadAfterJobsWereClaimedInVain() {
        ended(10, Duration.ofMillis(1));
        lookahead.disappointed();
        ended(5, Duration.ofMillis(1));
        assertThat(lookahead.jobs(10)).isZero();
        ended(500, Duration.ofMillis(1));
        assertThat(lookahead.jobs(10)).isPositive();
    }
}
