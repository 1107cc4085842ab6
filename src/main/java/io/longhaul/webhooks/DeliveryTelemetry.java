package io.longhaul.webhooks;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes log lines and metrics of deliveries. They contain neither addresses nor secrets. */
final class DeliveryTelemetry {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.webhooks");

    /** Receivers have ten seconds by default. */
    private static final double[] BOUNDS = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

    private final Counter attempts;
    private final Counter givenUp;
    private final Counter disabled;
    private final Histogram durations;

    DeliveryTelemetry(PrometheusRegistry metrics) {
        attempts = Counter.builder()
                .name("longhaul_webhook_attempts_total")
                .help("Requests to receivers of webhooks, by what came of them.")
                .labelNames("outcome")
                .register(metrics);
        attempts.initLabelValues("delivered");
        attempts.initLabelValues("failed");
        givenUp = Counter.builder()
                .name("longhaul_webhook_deliveries_given_up_total")
                .help("Deliveries whose last attempt failed.")
                .register(metrics);
        disabled = Counter.builder()
                .name("longhaul_webhook_endpoint_failures_total")
                .help(
                        "Times that this node disabled an endpoint, because it failed for too long or said that it is gone.")
                .register(metrics);
        durations = Histogram.builder()
                .name("longhaul_webhook_attempt_duration_seconds")
                .help("Time of a request to a receiver.")
                .classicOnly()
                .classicUpperBounds(BOUNDS)
                .register(metrics);
    }

    void delivered(Duration took) {
        attempts.labelValues("delivered").inc();
        durations.observe(took.toNanos() / 1e9);
    }

    void failed(ClaimedDelivery delivery, DeliveryOutcome outcome, boolean last) {
        attempts.labelValues("failed").inc();
        durations.observe(outcome.took().toNanos() / 1e9);
        if (last) {
            givenUp.inc();
            LOG.warn("Gave up {} of {}: {}", delivery, endpoint(delivery.webhookId()), outcome.complaint());
        } else {
            LOG.debug("Failed: {} of {}: {}", delivery, endpoint(delivery.webhookId()), outcome.complaint());
        }
    }

    void disabled(UUID webhook, String reason) {
        disabled.inc();
        LOG.warn("Webhook {} is disabled: {} POST /v1/webhooks/{}/resume would enable it", webhook, reason, webhook);
    }

    private static String endpoint(UUID webhook) {
        return webhook == null ? "a job's own address" : "webhook " + webhook;
    }
}
