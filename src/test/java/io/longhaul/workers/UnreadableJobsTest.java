package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.sql.Claims;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.ToolLimits;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stored jobs that are too large to be read, as an older release accepted them. */
class UnreadableJobsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    static Stream<RegisteredTool> tools() {
        ToolPolicy limited = new ToolPolicy(
                null, null, Retry.NEVER, OnWorkerLoss.RETRY, 3, 1 << 20, new ToolLimits(5, 1, null, null), null);
        return Stream.of(
                FakeTool.named("free", call -> FakeTool.done()),
                FakeTool.with("few", limited, call -> FakeTool.done()));
    }

    private static UUID submit(String tool, String params) {
        return JOBS.enqueue(new Submission(tool, params, "trace", Duration.ofHours(1), 0, null, null, null, null));
    }

    /** Bypasses the checks of the intake. */
    private static void store(UUID job, String expression) {
        JOBS.jdbi().useHandle(h -> h.execute("UPDATE jobs SET parameters = " + expression + " WHERE id = ?", job));
    }

    private static String end(UUID job) {
        return JOBS.jdbi()
                .withHandle(h -> h.createQuery(
                                "SELECT status || ' ' || COALESCE(error_message, '') FROM jobs WHERE id = :id")
                        .bind("id", job)
                        .mapTo(String.class)
                        .one());
    }

    @ParameterizedTest
    @MethodSource("tools")
    void anUnreadableJobFailsAndTheOthersRun(RegisteredTool tool) {
        UUID before = submit(tool.name(), "{}");
        UUID large = submit(tool.name(), "{}");
        UUID after = submit(tool.name(), "{}");
        // A little more than is read, written out.
        long numbers = Claims.LARGEST * Claims.BYTES / 131_072 + 2;
        store(large, "(SELECT jsonb_agg('1e131071'::jsonb) FROM generate_series(1, " + numbers + "))");
        try (TestNode node = new TestNode(DATABASE, tool)) {
            // PostgreSQL writes the large one out several times, which takes a busy machine half a minute.
            Await.until(
                    "all have ended",
                    Await.LONG,
                    () -> JOBS.count("SELECT count(*) FROM jobs WHERE status IN ('pending', 'running')") == 0);
        }
        assertThat(List.of(end(before), end(after))).containsOnly("completed ");
        assertThat(end(large))
                .startsWith("failed The params are larger than the " + Claims.LARGEST * Claims.BYTES
                        + " bytes that a worker");
    }

    @Test
    void aClaimTakesNoMoreTextThanFitsIntoMemory() {
        List<UUID> jobs = Stream.generate(() -> submit("wide", "{}")).limit(6).toList();
        // 5 MB each written out, 5 kB as they are stored.
        jobs.forEach(job -> store(job, "(SELECT jsonb_agg('1e50000'::jsonb) FROM generate_series(1, 100))"));
        long node = JOBS.liveNode();
        assertThat(claim(node, true)).hasSize(2);
        assertThat(claim(node, false)).hasSize(2);
    }

    private static List<ClaimedJob> claim(long node, boolean alone) {
        String[] tools = {"wide"};
        Integer[] three = {3};
        Integer[] free = {100};
        UUID[] held = {};
        return JOBS.jdbi()
                .withExtension(
                        JobTransitions.class,
                        t -> alone
                                ? t.claimAlone(node, tools, three, free, 100, 8 << 20, held)
                                : t.claim(node, tools, three, free, 100, 8 << 20, held));
    }
}
