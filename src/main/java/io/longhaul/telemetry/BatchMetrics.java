package io.longhaul.telemetry;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;

/** Measures the statements that handle many jobs at once: how many jobs, and how long. */
final class BatchMetrics {
    private static final double[] SECONDS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

    private static final double[] JOBS = {0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000};

    private final Histogram stored;
    private final Histogram claimed;
    private final Histogram claims;
    private final Histogram written;
    private final Histogram writes;

    BatchMetrics(PrometheusRegistry registry) {
        stored = histogram("longhaul_submit_batch_jobs", "New jobs that were stored in one transaction.", JOBS)
                .register(registry);
        claimed = histogram("longhaul_claim_batch_jobs", "Jobs that one claim took; 0 if there were none.", JOBS)
                .register(registry);
        claims = histogram("longhaul_claim_duration_seconds", "Time of a claim.", SECONDS)
                .register(registry);
        written = histogram("longhaul_outcome_batch_jobs", "Outcomes that were written together.", JOBS)
                .register(registry);
        writes = histogram(
                        "longhaul_outcome_write_duration_seconds",
                        "Time to write such a batch, with repeated tries while the database was away.",
                        SECONDS)
                .register(registry);
    }

    private static Histogram.Builder histogram(String name, String help, double... bounds) {
        return Histogram.builder().name(name).help(help).classicOnly().classicUpperBounds(bounds);
    }

    void stored(int jobs) {
        stored.observe(jobs);
    }

    void claimed(int jobs, Duration took) {
        claimed.observe(jobs);
        claims.observe(took.toNanos() / 1e9);
    }

    void wrote(int outcomes, Duration took) {
        written.observe(outcomes);
        writes.observe(took.toNanos() / 1e9);
    }
}
