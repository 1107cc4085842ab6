package io.longhaul.telemetry;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Outcome;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Counts attempts and measures waits and running times, by tool. */
final class AttemptMetrics {
    /** Jobs take milliseconds or days. */
    private static final double[] BOUNDS = {
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400
    };

    /** The service has about twenty codes; tools may add their own. */
    private static final int CODES = 50;

    private static final List<String> OUTCOMES =
            List.of("completed", "failed", "retried", "given_back", "waiting_for_input");

    private final BoundedLabel tools;
    private final BoundedLabel codes = new BoundedLabel(CODES);
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private final Counter started;
    private final Counter ended;
    private final Counter failures;
    private final Counter stopped;
    private final Counter leasesLost;
    private final Counter abandoned;
    private final Counter cameBack;
    private final Counter barred;
    private final Histogram waits;
    private final Histogram durations;

    AttemptMetrics(PrometheusRegistry registry, BoundedLabel tools) {
        this.tools = tools;
        started = counter("longhaul_attempts_started_total", "Attempts that this node began.", "tool")
                .register(registry);
        ended = counter("longhaul_attempts_ended_total", "Attempts whose outcome was written.", "tool", "outcome")
                .register(registry);
        failures = counter(
                        "longhaul_attempt_failures_total",
                        "Failed attempts by error code, whether or not another one follows.",
                        "error_code")
                .register(registry);
        stopped = counter("longhaul_attempts_stopped_total", "Attempts that were stopped early.", "reason")
                .register(registry);
        for (StopReason reason : StopReason.values()) {
            stopped.initLabelValues(reason.name().toLowerCase(Locale.ROOT));
        }
        leasesLost = counter(
                        "longhaul_leases_lost_total",
                        "Attempts whose outcome was dropped, because their job had ended or belonged to another node.")
                .register(registry);
        abandoned = counter("longhaul_attempts_abandoned_total", "Calls that did not stop when told to.", "tool")
                .register(registry);
        cameBack = counter(
                        "longhaul_attempts_came_back_total",
                        "Calls that were left behind and have ended since.",
                        "tool")
                .register(registry);
        barred = counter(
                        "longhaul_tools_barred_total",
                        "Times that this node stopped claiming jobs of a tool, because too many of its calls do not"
                                + " stop.",
                        "tool")
                .register(registry);
        waits = histogram(
                        "longhaul_job_wait_seconds",
                        "Time from which a job might have begun until it was claimed; not of attempts after a lost or"
                                + " stopped node.")
                .register(registry);
        durations = histogram(
                        "longhaul_attempt_duration_seconds", "Running time of attempts whose outcome was written.")
                .register(registry);
    }

    private static Counter.Builder counter(String name, String help, String... labels) {
        return Counter.builder().name(name).help(help).labelNames(labels);
    }

    private static Histogram.Builder histogram(String name, String help) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames("tool")
                .classicOnly()
                .classicUpperBounds(BOUNDS);
    }

    void started(ClaimedJob job) {
        String tool = tools.of(job.tool());
        if (begun.add(tool)) {
            // Prometheus sees no increase where a counter appears with its first value.
            OUTCOMES.forEach(outcome -> ended.initLabelValues(tool, outcome));
        }
        started.labelValues(tool).inc();
        // After other losses than failures the time since the submission would include that of former attempts.
        if (job.lease().attempt() == job.failures() + 1) {
            waits.labelValues(tool).observe(seconds(job.waited()));
        }
    }

    void ended(String name, Outcome outcome, Duration took) {
        String tool = tools.of(name);
        ended.labelValues(tool, outcome.name()).inc();
        durations.labelValues(tool).observe(seconds(took));
        if (outcome instanceof Outcome.Failed failed) {
            failures.labelValues(codes.of(failed.errorCode())).inc();
        } else if (outcome instanceof Outcome.RetryLater retry) {
            failures.labelValues(codes.of(retry.errorCode())).inc();
        }
    }

    void stopped(String reason) {
        stopped.labelValues(reason).inc();
    }

    void leaseLost() {
        leasesLost.inc();
    }

    void abandoned(String tool) {
        abandoned.labelValues(tools.of(tool)).inc();
    }

    void cameBack(String tool) {
        cameBack.labelValues(tools.of(tool)).inc();
    }

    void barred(String tool) {
        barred.labelValues(tools.of(tool)).inc();
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
