package io.longhaul.webhooks;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes log lines and metrics of deliveries. They contain neither addresses nor secrets. */
final class DeliveryTelemetry {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.webhooks");

    private final MetricRegistry metrics;

    DeliveryTelemetry(MetricRegistry metrics) {
        this.metrics = metrics;
    }

    void delivered(Duration took) {
        count("delivered");
        metrics.timer("longhaul.webhooks.attempt").update(took.toNanos(), TimeUnit.NANOSECONDS);
    }

    void failed(ClaimedDelivery delivery, DeliveryOutcome outcome, boolean last) {
        count("failed");
        metrics.timer("longhaul.webhooks.attempt").update(outcome.took().toNanos(), TimeUnit.NANOSECONDS);
        if (last) {
            count("given_up");
            LOG.warn("Gave up {} of {}: {}", delivery, endpoint(delivery.webhookId()), outcome.complaint());
        } else {
            LOG.debug("Failed: {} of {}: {}", delivery, endpoint(delivery.webhookId()), outcome.complaint());
        }
    }

    void disabled(UUID webhook, String reason) {
        count("disabled");
        LOG.warn("Webhook {} is disabled: {} POST /v1/webhooks/{}/resume would enable it", webhook, reason, webhook);
    }

    private static String endpoint(UUID webhook) {
        return webhook == null ? "a job's own address" : "webhook " + webhook;
    }

    private void count(String what) {
        metrics.counter("longhaul.webhooks." + what).inc();
    }
}
