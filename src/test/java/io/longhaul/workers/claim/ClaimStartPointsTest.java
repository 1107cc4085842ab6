package io.longhaul.workers.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.ClaimedJobBuilder;
import io.longhaul.jobs.QueuePosition;
import io.longhaul.jobs.sql.Claimed;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClaimStartPointsTest {
    private static final Duration SLOW = Duration.ofMillis(300);
    private static final Offer OFFER = new Offer(10, true, List.of("a", "b"), List.of(3, 3), List.of(10, 10));

    private final ClaimStartPoints floors = new ClaimStartPoints();
    private long now = 1;

    private static ClaimedJob job(String tool, int priority, long number) {
        return ClaimedJobBuilder.of(tool)
                .place(new QueuePosition(priority, number))
                .build();
    }

    private void slowLook(ClaimedJob... jobs) {
        floors.looked(OFFER, Claimed.of(jobs), SLOW, now);
        pass(Duration.ofMillis(201));
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private long floor(String tool, int priority) {
        ClaimStartPoints.Columns columns = floors.columns(List.of("a", "b"));
        for (int i = 0; i < columns.queues().size(); i++) {
            if (columns.queues().get(i).equals(tool) && columns.priorities().get(i) == priority) {
                return columns.starts().get(i);
            }
        }
        throw new AssertionError(columns.queues());
    }

    @Test
    void quickScansStayAtTheFront() {
        for (int i = 0; i < 5; i++) {
            floors.looked(OFFER, Claimed.of(job("a", 0, i)), Duration.ofMillis(2), now);
            pass(Duration.ofMillis(201));
        }
        assertThat(floors.apply(now)).isFalse();
    }

    @Test
    void afterSlowScansClaimsBeginAtRecentPositions() {
        slowLook(job("a", 0, 100));
        assertThat(floors.apply(now)).as("places may still be missing").isFalse();
        slowLook(job("a", 0, 200));
        assertThat(floors.apply(now)).isTrue();
        assertThat(floor("a", 0)).isEqualTo(100);
        floors.followed(List.of(job("a", 0, 300)), now);
        assertThat(floor("a", 0)).isEqualTo(200);
    }

    @Test
    void scansFromTheFrontGoOnAndTakeATenthOfTheTime() {
        slowLook(job("a", 0, 100));
        slowLook(job("a", 0, 200));
        pass(SLOW.multipliedBy(10));
        assertThat(floors.apply(now)).isFalse();
        floors.looked(OFFER, Claimed.of(), Duration.ofMillis(1), now);
        assertThat(floors.apply(now)).as("the walk has become short").isFalse();
        assertThat(floor("a", 0)).isZero();
    }

    @Test
    void aLateJobLowersTheStartPointOfItsQueue() {
        slowLook(job("a", 0, 100));
        slowLook(job("a", 0, 200));
        slowLook(job("a", 0, 50));
        assertThat(floor("a", 0)).isEqualTo(50);
    }

    @Test
    void returnedJobsAreFoundAgain() {
        slowLook(job("a", 0, 100));
        slowLook(job("a", 0, 200));
        floors.lower(List.of(job("a", 0, 70)));
        assertThat(floor("a", 0)).isEqualTo(70);
    }

    @Test
    void emptyQueuesBeginWhereOthersAre() {
        slowLook(job("a", 0, 100));
        slowLook(job("a", 0, 200));
        floors.followed(List.of(job("a", 0, 300)), now);
        pass(Duration.ofMillis(201));
        floors.followed(List.of(job("a", 0, 400)), now);
        assertThat(floor("b", 3)).as("as of the second look").isEqualTo(100);
    }

    @Test
    void aFullClaimRaisesNoLaterQueue() {
        ClaimedJob[] ten = new ClaimedJob[10];
        Arrays.setAll(ten, i -> job("a", 5, 100 + i));
        slowLook(ten);
        slowLook(ten);
        slowLook(ten);
        assertThat(floor("a", 4)).isZero();
        assertThat(floor("b", 5)).isZero();
        assertThat(floor("b", 6)).isEqualTo(109);
    }

    @Test
    void aToolWithoutMoreRoomRaisesNoLaterQueue() {
        Offer narrow = new Offer(10, false, List.of("a", "b"), List.of(3, 3), List.of(1, 9));
        for (int i = 0; i < 3; i++) {
            floors.looked(narrow, Claimed.of(job("a", 5, 100)), SLOW, now);
            now += TimeUnit.MILLISECONDS.toNanos(201);
        }
        assertThat(floor("a", 4)).isZero();
        assertThat(floor("a", 6)).isEqualTo(100);
        assertThat(floor("b", 0)).isEqualTo(100);
    }

    @Test
    void aContestedClaimRaisesNothing() {
        slowLook(job("a", 0, 100));
        slowLook(job("a", 0, 200), null);
        slowLook(job("a", 0, 300), null);
        assertThat(floor("b", 0)).as("as of the look before the last two").isZero();
    }
}
