package io.longhaul.workers.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.Claimed;
import io.longhaul.jobs.sql.Claims;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Claims that begin at start points, against the real queue: no job is claimed twice, and none is passed for good. */
class ClaimStartPointsRaceTest {
    private static final int AT_ONCE = 100;
    private static final Offer OFFER =
            new Offer(AT_ONCE, true, List.of(TestJobs.TOOL, "urgent"), List.of(3, 3), List.of(AT_ONCE, AT_ONCE));

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    /** Counts every scan as slow. */
    private final ClaimStartPoints floors = new ClaimStartPoints(Duration.ZERO);

    private final Set<UUID> claimed = new HashSet<>();
    private long node;
    private long now = 1;
    private int fromFloors;

    @BeforeEach
    void begin() {
        node = JOBS.liveNode();
    }

    /** Claims as the dispatcher does, at the test's time. */
    private int claim() {
        boolean floored = floors.apply(now);
        Claimed jobs = floored ? claimFrom(floors.columns(OFFER.tools())) : claimFromFront();
        for (ClaimedJob job : jobs) {
            assertThat(claimed.add(job.lease().jobId())).as("claimed twice").isTrue();
        }
        now += Duration.ofMillis(50).toNanos();
        if (floored) {
            fromFloors++;
            floors.followed(jobs, now);
        } else {
            floors.looked(OFFER, jobs, Duration.ofMillis(1), now);
        }
        return jobs.size();
    }

    private static String[] tools() {
        return OFFER.tools().toArray(String[]::new);
    }

    private static Integer[] many(List<Integer> numbers) {
        return numbers.toArray(Integer[]::new);
    }

    private Claimed claimFromFront() {
        return JOBS.transitions()
                .claim(node, tools(), many(OFFER.maxLosses()), many(OFFER.free()), AT_ONCE, Claims.BYTES, new UUID[0]);
    }

    private Claimed claimFrom(ClaimStartPoints.Columns columns) {
        JobTransitions t = JOBS.transitions();
        return t.claimFrom(
                node,
                tools(),
                many(OFFER.maxLosses()),
                many(OFFER.free()),
                AT_ONCE,
                Claims.BYTES,
                new UUID[0],
                columns.queues().toArray(String[]::new),
                many(columns.priorities()),
                columns.starts().toArray(Long[]::new));
    }

    @Test
    void theNextScanFromTheFrontFindsAJobThatWasCommittedLate() throws Exception {
        try (Connection late = DATABASE.dataSource().getConnection()) {
            late.setAutoCommit(false);
            late.createStatement()
                    .execute("INSERT INTO jobs (tool_name, trace_id, parameters, expires_at)" + " VALUES ('"
                            + TestJobs.TOOL + "', 'late', '{}', NOW() + INTERVAL '1 h')");
            JOBS.pendingMany(TestJobs.TOOL, 2_000);
            for (int i = 0; i < 20; i++) {
                assertThat(claim()).isEqualTo(AT_ONCE);
            }
            assertThat(fromFloors).isGreaterThan(10);
            late.commit();
        }
        int looks = 0;
        while (claim() == 0) {
            assertThat(++looks).as("steps of 50 ms").isLessThan(25);
        }
        assertThat(claimed).hasSize(2_001);
    }

    @Test
    void jobsSubmittedMeanwhileAreClaimedAtOnceAndByPriority() {
        JOBS.pendingMany(TestJobs.TOOL, 2_000);
        for (int i = 0; i < 15; i++) {
            claim();
        }
        UUID urgent = JOBS.pending("urgent");
        JOBS.update("UPDATE jobs SET priority = 9 WHERE id = ?", urgent);
        int before = fromFloors;
        claim();
        assertThat(fromFloors).as("by a claim from the floors").isEqualTo(before + 1);
        assertThat(claimed).contains(urgent).hasSize(1_600);
    }
}
