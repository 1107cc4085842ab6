package io.longhaul.workers.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.StartRate;
import io.longhaul.tools.settings.ToolLimits;
import io.longhaul.workers.FakeTool;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LimitedToolsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static RegisteredTool rated(String name) {
        ToolLimits limits = new ToolLimits(null, 1, new StartRate(1_000, 1_000), null);
        return FakeTool.with(
                name,
                new ToolPolicy(null, null, Retry.NEVER, OnWorkerLoss.RETRY, 3, 1 << 20, limits, null),
                call -> FakeTool.done());
    }

    @Test
    void jobsOfAToolAreHandedOverAlthoughTheClaimOfTheNextToolFails() {
        JOBS.pending("good");
        JOBS.pending("bad");
        JOBS.update("INSERT INTO tool_limits (tool_name, tokens) VALUES ('good', 10), ('bad', 10)");
        LimitedTools limited = new LimitedTools(
                JOBS.jdbi(), ToolRegistry.of(List.of(rated("good"), rated("bad"))), tool -> true, Duration.ofMillis(1));
        long node = JOBS.liveNode();
        JOBS.refusing(
                "tool_limits",
                "OLD.tool_name = 'bad'",
                () -> Await.until(
                        "a job is claimed",
                        () -> claimed(limited, node).stream()
                                .anyMatch(job -> job.tool().equals("good"))));
        assertThat(JOBS.count("SELECT count(*) FROM job_leases")).isEqualTo(1);
    }

    @Test
    void aRateGoesOnAtOnceAfterTheClockOfTheDatabaseWasSetBack() {
        JOBS.pending("good");
        JOBS.update("INSERT INTO tool_limits (tool_name, tokens, refilled_at)"
                + " VALUES ('good', 0, clock_timestamp() + INTERVAL '1 h')");
        LimitedTools limited = new LimitedTools(
                JOBS.jdbi(), ToolRegistry.of(List.of(rated("good"))), tool -> true, Duration.ofMillis(1));
        long node = JOBS.liveNode();

        Await.until(
                "the job is claimed", () -> !limited.claim(node, 10, tool -> 10).isEmpty());
    }

    /** None if the claim fails: the tools take turns at being the first. */
    private static List<ClaimedJob> claimed(LimitedTools limited, long node) {
        try {
            return limited.claim(node, 10, tool -> 10);
        } catch (RuntimeException e) {
            return List.of();
        }
    }
}
