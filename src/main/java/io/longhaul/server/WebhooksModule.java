package io.longhaul.server;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.webhooks.JobDeliveriesResource;
import io.longhaul.api.webhooks.WebhookDeliveriesResource;
import io.longhaul.api.webhooks.WebhookResource;
import io.longhaul.api.webhooks.WebhooksResource;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.jobs.intake.SubmissionCheck;
import io.longhaul.readiness.Condition;
import io.longhaul.webhooks.AddressPolicy;
import io.longhaul.webhooks.Deliverer;
import io.longhaul.webhooks.DeliveryCleaner;
import io.longhaul.webhooks.DeliveryLog;
import io.longhaul.webhooks.WebhookCheck;
import io.longhaul.webhooks.Webhooks;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The parts of a node that deliver webhooks. */
final class WebhooksModule {
    private final Webhooks webhooks;
    private final DeliveryLog log;
    private final AddressPolicy addresses;
    private final Deliverer deliverer;
    private final DeliveryCleaner cleaner;

    WebhooksModule(Deliverer.Node node, ServiceConfiguration configuration) {
        this.webhooks = node.jdbi().onDemand(Webhooks.class);
        this.log = node.jdbi().onDemand(DeliveryLog.class);
        this.addresses = configuration.webhooks().addresses();
        this.deliverer = new Deliverer(node, configuration.webhooks());
        this.cleaner = new DeliveryCleaner(node.jdbi(), node.telemetry(), configuration.webhooks());
    }

    Deliverer deliverer() {
        return deliverer;
    }

    DeliveryCleaner cleaner() {
        return cleaner;
    }

    /** The check that the webhook of a submission can be called. */
    SubmissionCheck check() {
        return new WebhookCheck(webhooks, addresses);
    }

    void register(Environment environment, ServiceConfiguration configuration) {
        environment
                .jersey()
                .register(new WebhooksResource(webhooks, addresses, configuration.api(), deliverer::wakeUpAnyway));
        environment
                .jersey()
                .register(new WebhookResource(webhooks, log, addresses, configuration.api(), deliverer::wakeUpAnyway));
        environment.jersey().register(new WebhookDeliveriesResource(webhooks, log, deliverer::wakeUpAnyway));
        environment.jersey().register(new JobDeliveriesResource(log));
    }

    /** Registers the metrics of deliveries that are not sent yet. */
    void measure(PrometheusRegistry metrics) {
        GaugeWithCallback.builder()
                .name("longhaul_webhook_deliveries_pending")
                .help(
                        "Deliveries of all nodes that are not sent yet, also those that wait for another attempt; counted up to 10,000.")
                .callback(figure -> figure.call((double) deliverer.backlog().pending()))
                .register(metrics);
        GaugeWithCallback.builder()
                .name("longhaul_webhook_overdue_seconds")
                .help("Time for which the oldest unsent delivery of all nodes has been due.")
                .callback(figure ->
                        figure.call((double) Math.max(0, deliverer.backlog().overdueSeconds())))
                .register(metrics);
        GaugeWithCallback.builder()
                .name("longhaul_webhook_endpoints_disabled")
                .help("Endpoints that are disabled, because they failed for too long or said that they are gone.")
                .callback(figure -> figure.call((double) deliverer.backlog().disabled()))
                .register(metrics);
    }

    Condition condition() {
        return deliverer.backlog().condition();
    }
}
