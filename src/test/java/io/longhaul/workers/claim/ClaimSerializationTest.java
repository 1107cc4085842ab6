package io.longhaul.workers.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.Claimed;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClaimSerializationTest {
    private static final Claimed CROSSED = Claimed.of((ClaimedJob) null);

    private final ClaimSerialization turns = new ClaimSerialization();

    private static Offer offer(int jobs) {
        return new Offer(jobs, true, List.of("a"), List.of(3), List.of(jobs));
    }

    @Test
    void claimsDoNotWaitUntilTheyCross() {
        turns.learn(Claimed.of(), 0);
        assertThat(turns.apply(offer(500), 1)).isFalse();
    }

    @Test
    void largeClaimsTakeTurnsForAWhileAfterACrossing() {
        turns.learn(CROSSED, 0);
        turns.learn(Claimed.of(), 1);
        assertThat(turns.apply(offer(ClaimSerialization.MANY), TimeUnit.SECONDS.toNanos(4)))
                .isTrue();
        assertThat(turns.apply(offer(ClaimSerialization.MANY), TimeUnit.SECONDS.toNanos(6)))
                .isFalse();
    }

    @Test
    void smallClaimsNeverWait() {
        turns.learn(CROSSED, 0);
        assertThat(turns.apply(offer(ClaimSerialization.MANY - 1), 1)).isFalse();
    }

    @Test
    void afterARefusedTurnClaimsDoNotWaitUntilTheyCrossAgain() {
        turns.learn(CROSSED, 0);
        turns.refused();
        assertThat(turns.apply(offer(500), 1)).isFalse();
        turns.learn(CROSSED, 2);
        assertThat(turns.apply(offer(500), 3)).isTrue();
    }
}
