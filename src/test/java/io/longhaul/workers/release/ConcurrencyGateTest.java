package io.longhaul.workers.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.FakeTool;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.TestNode;
import io.longhaul.workers.claim.PendingWorkCache;
import io.longhaul.workers.housekeeping.RetentionCleaner;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConcurrencyGateTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final Node node = TestNode.of(JOBS.jdbi(), telemetry);
    private final ConcurrencyGate gate = new ConcurrencyGate(
            node, ToolRegistry.of(List.of(FakeTool.echo())), new PendingWorkCache(JOBS.jdbi()), Duration.ofMinutes(1));

    private static boolean isInside(UUID job) {
        return !JOBS.stored(job, "delayed", Boolean.class);
    }

    @Test
    void aJobThatCannotBeChangedHoldsUpNeitherItsKeyNorOthers() {
        UUID refused = JOBS.enqueue(TestJobs.keyed("a"));
        UUID behind = JOBS.enqueue(TestJobs.keyed("a"));
        UUID waits = JOBS.enqueue(TestJobs.keyed("a"));
        UUID other = JOBS.enqueue(TestJobs.keyed("b"));
        JOBS.refusing(refused, () -> {
            gate.changed(List.of("a", "b"));
            gate.open();
        });
        assertThat(telemetry.quarantined).containsExactly(refused);
        assertThat(isInside(behind)).isTrue();
        assertThat(isInside(other)).isTrue();
        assertThat(isInside(waits)).as("one job of a key at a time").isFalse();
        RetentionCleaner cleaner = new RetentionCleaner(node, Duration.ofMinutes(1));
        JOBS.retryRefused();
        cleaner.clean();
        assertThat(JOBS.count("SELECT count(*) FROM quarantined_rows"))
                .as("set aside as long as it waits")
                .isEqualTo(1);
        JOBS.cancel(behind);
        gate.changed(List.of("a"));
        gate.open();
        assertThat(isInside(refused)).isTrue();
        cleaner.clean();
        assertThat(JOBS.count("SELECT count(*) FROM quarantined_rows")).isZero();
    }
}
