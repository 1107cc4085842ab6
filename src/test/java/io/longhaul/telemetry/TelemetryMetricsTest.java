package io.longhaul.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TelemetryMetricsTest {
    private final MetricRegistry metrics = new MetricRegistry();
    private final Telemetry telemetry = Telemetry.all(new TelemetryMetrics(metrics), new TelemetryLog());
    private final Lease lease = new Lease(UUID.randomUUID(), 1, 1);

    private long count(String name) {
        return metrics.counter("longhaul." + name).getCount();
    }

    @Test
    void attemptsAreCountedByHowTheyEnd() {
        telemetry.ended(new Outcome.Completed(lease, "1"), Duration.ofMillis(5));
        telemetry.ended(new Outcome.Failed(lease, "TIMEOUT", "slow"), Duration.ofMillis(5));
        telemetry.ended(new Outcome.RetryLater(lease, "TOOL_ERROR", "no", Duration.ZERO), Duration.ofMillis(5));
        telemetry.ended(new Outcome.GivenBack(lease), Duration.ofMillis(5));
        telemetry.leaseLost(lease);
        assertThat(count("attempts.completed")).isEqualTo(1);
        assertThat(count("attempts.failed.timeout")).isEqualTo(1);
        assertThat(count("attempts.retried")).isEqualTo(1);
        assertThat(count("attempts.given_back")).isEqualTo(1);
        assertThat(count("attempts.lease_lost")).isEqualTo(1);
        assertThat(metrics.timer("longhaul.attempt").getCount()).isEqualTo(4);
    }

    @Test
    void figuresGoOnGrowingAfterManyThousandEvents() {
        for (int i = 0; i < 5_000; i++) {
            telemetry.ended(new Outcome.Completed(lease, "1"), Duration.ofMillis(5));
            telemetry.claimed(2, Duration.ofMillis(1));
        }
        assertThat(count("attempts.completed")).isEqualTo(5_000);
        assertThat(count("jobs.claimed")).isEqualTo(10_000);
        assertThat(metrics.timer("longhaul.claim").getCount()).isEqualTo(5_000);
    }

    @Test
    void whatHappensToNodesAndQueuesIsCounted() {
        telemetry.nodeRegistered(1, "n");
        telemetry.nodeLost(1, true);
        telemetry.rescued(List.of(lease.jobId()));
        telemetry.expired(List.of(lease.jobId()));
        telemetry.removed(7);
        telemetry.stopped(lease, StopReason.DRAINING);
        telemetry.abandoned(lease, "tool");
        telemetry.loopFailed("rescuer", 1, new IllegalStateException("no"));
        assertThat(count("node.registered")).isEqualTo(1);
        assertThat(count("node.lost")).isEqualTo(1);
        assertThat(count("jobs.rescued")).isEqualTo(1);
        assertThat(count("jobs.expired")).isEqualTo(1);
        assertThat(count("jobs.removed")).isEqualTo(7);
        assertThat(count("attempts.stopped.draining")).isEqualTo(1);
        assertThat(count("attempts.abandoned")).isEqualTo(1);
        assertThat(count("loop.failed.rescuer")).isEqualTo(1);
    }
}
