package io.longhaul.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.ClaimedJobBuilder;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.testing.Exposition;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TelemetryMetricsTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Telemetry telemetry =
            Telemetry.all(new TelemetryMetrics(registry, new BoundedLabel(2)), new TelemetryLog());
    private final Lease lease = new Lease(UUID.randomUUID(), 1, 1);

    private double value(String series) {
        return Exposition.of(registry).value(series);
    }

    private static ClaimedJob job(String tool, int attempt, int failures, Duration waited) {
        return ClaimedJobBuilder.of(tool)
                .lease(new Lease(UUID.randomUUID(), attempt, 1))
                .failures(failures)
                .waited(waited)
                .build();
    }

    private static AttemptEnd end(String tool, Outcome outcome, Duration took) {
        return new AttemptEnd(tool, "4bf92f3577b34da6a3ce929d0e0e4736", Duration.ZERO, took, outcome);
    }

    @Test
    void attemptsAreCountedByToolAndOutcome() {
        telemetry.ended(end("a", new Outcome.Completed(lease, "1"), Duration.ofMillis(5)));
        telemetry.ended(end("a", new Outcome.Failed(lease, "TIMEOUT", "slow"), Duration.ofMillis(5)));
        telemetry.ended(
                end("a", new Outcome.RetryLater(lease, "TOOL_ERROR", "no", Duration.ZERO), Duration.ofMillis(5)));
        telemetry.ended(end("b", new Outcome.GivenBack(lease), Duration.ofSeconds(7)));
        telemetry.ended(end("b", new Outcome.WaitsForInput(lease), Duration.ofSeconds(7)));
        telemetry.leaseLost(lease);
        assertThat(value("longhaul_attempts_ended_total{outcome=\"completed\",tool=\"a\"}"))
                .isEqualTo(1);
        assertThat(value("longhaul_attempts_ended_total{outcome=\"failed\",tool=\"a\"}"))
                .isEqualTo(1);
        assertThat(value("longhaul_attempts_ended_total{outcome=\"retried\",tool=\"a\"}"))
                .isEqualTo(1);
        assertThat(value("longhaul_attempts_ended_total{outcome=\"given_back\",tool=\"b\"}"))
                .isEqualTo(1);
        assertThat(value("longhaul_attempts_ended_total{outcome=\"waiting_for_input\",tool=\"b\"}"))
                .isEqualTo(1);
        assertThat(value("longhaul_attempt_failures_total{error_code=\"TIMEOUT\"}"))
                .isEqualTo(1);
        assertThat(value("longhaul_attempt_failures_total{error_code=\"TOOL_ERROR\"}"))
                .isEqualTo(1);
        assertThat(value("longhaul_leases_lost_total")).isEqualTo(1);
        assertThat(value("longhaul_attempt_duration_seconds_bucket{le=\"0.005\",tool=\"a\"}"))
                .isEqualTo(3);
        assertThat(value("longhaul_attempt_duration_seconds_bucket{le=\"5.0\",tool=\"b\"}"))
                .isZero();
        assertThat(value("longhaul_attempt_duration_seconds_sum{tool=\"b\"}")).isEqualTo(14);
    }

    @Test
    void aWaitIsTheTimeBeforeAnAttemptAndNotThatOfLostOnes() {
        telemetry.started(job("a", 1, 0, Duration.ofSeconds(2)));
        telemetry.started(job("a", 2, 1, Duration.ofSeconds(3)));
        // The first attempt was lost with its node, so that the time since the submission contains it.
        telemetry.started(job("a", 2, 0, Duration.ofHours(1)));
        assertThat(value("longhaul_attempts_started_total{tool=\"a\"}")).isEqualTo(3);
        assertThat(value("longhaul_job_wait_seconds_count{tool=\"a\"}")).isEqualTo(2);
        assertThat(value("longhaul_job_wait_seconds_sum{tool=\"a\"}")).isEqualTo(5);
    }

    @Test
    void outcomesOfAToolAreZeroBeforeTheFirstSoThatItsIncreaseIsSeen() {
        telemetry.started(job("a", 1, 0, Duration.ZERO));
        assertThat(value("longhaul_attempts_ended_total{outcome=\"failed\",tool=\"a\"}"))
                .isZero();
    }

    @Test
    void toolsAndCodesBeyondTheBoundAreShownTogether() {
        for (int i = 0; i < 1_000; i++) {
            telemetry.started(job("tool-" + i, 1, 0, Duration.ZERO));
            telemetry.ended(end("tool-" + i, new Outcome.Failed(lease, "CODE_" + i, "no"), Duration.ZERO));
        }
        assertThat(value("longhaul_attempts_started_total{tool=\"tool-1\"}")).isEqualTo(1);
        assertThat(value("longhaul_attempts_started_total{tool=\"other\"}")).isEqualTo(998);
        assertThat(value("longhaul_attempt_failures_total{error_code=\"other\"}"))
                .isEqualTo(950);
        assertThat(Exposition.of(registry).series()).hasSizeLessThan(400);
    }

    @Test
    void labelsMayHoldAnything() {
        telemetry.started(job("odd \"tool\" \\ of\nlines, ü", 1, 0, Duration.ZERO));
        assertThat(Exposition.of(registry).labels("longhaul_attempts_started_total", "tool"))
                .containsExactly("odd \"tool\" \\ of\nlines, ü");
    }

    @Test
    void batchesAreMeasured() {
        telemetry.stored(3);
        telemetry.claimed(0, Duration.ofMillis(1));
        telemetry.claimed(64, Duration.ofMillis(20));
        telemetry.wrote(7, Duration.ofMillis(3));
        assertThat(value("longhaul_submit_batch_jobs_sum")).isEqualTo(3);
        assertThat(value("longhaul_claim_batch_jobs_bucket{le=\"0.0\"}")).isEqualTo(1);
        assertThat(value("longhaul_claim_batch_jobs_sum")).isEqualTo(64);
        assertThat(value("longhaul_claim_duration_seconds_count")).isEqualTo(2);
        assertThat(value("longhaul_outcome_batch_jobs_sum")).isEqualTo(7);
        assertThat(value("longhaul_outcome_write_duration_seconds_bucket{le=\"0.005\"}"))
                .isEqualTo(1);
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
        telemetry.cameBack(lease, "tool");
        telemetry.barred("tool", 9);
        telemetry.quarantined("rescue", lease.jobId(), new IllegalStateException("no"));
        telemetry.operationEnded(lease.jobId(), "retry", "completed", new Telemetry.OperationCounts(5, 2, 2, 1));
        telemetry.loopFailed("rescuer", 1, new IllegalStateException("no"));
        assertThat(value("longhaul_node_registrations_total")).isEqualTo(1);
        assertThat(value("longhaul_node_losses_total{cause=\"silent\"}")).isEqualTo(1);
        assertThat(value("longhaul_node_losses_total{cause=\"removed\"}")).isZero();
        assertThat(value("longhaul_jobs_rescued_total")).isEqualTo(1);
        assertThat(value("longhaul_jobs_expired_total")).isEqualTo(1);
        assertThat(value("longhaul_jobs_removed_total")).isEqualTo(7);
        assertThat(value("longhaul_attempts_stopped_total{reason=\"draining\"}"))
                .isEqualTo(1);
        assertThat(value("longhaul_attempts_abandoned_total{tool=\"tool\"}")).isEqualTo(1);
        assertThat(value("longhaul_attempts_came_back_total{tool=\"tool\"}")).isEqualTo(1);
        assertThat(value("longhaul_tools_barred_total{tool=\"tool\"}")).isEqualTo(1);
        assertThat(value("longhaul_rows_quarantined_total{task=\"rescue\"}")).isEqualTo(1);
        assertThat(value("longhaul_operations_ended_total{state=\"completed\"}"))
                .isEqualTo(1);
        assertThat(value("longhaul_operation_jobs_total{outcome=\"skipped\"}")).isEqualTo(2);
        assertThat(value("longhaul_loop_failures_total{loop=\"rescuer\"}")).isEqualTo(1);
    }
}
