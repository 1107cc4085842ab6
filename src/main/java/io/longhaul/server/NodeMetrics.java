package io.longhaul.server;

import io.dropwizard.core.setup.Environment;
import io.longhaul.database.watch.OldestTransactionMetric;
import io.longhaul.database.watch.TransactionWatch;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.IntSupplier;

/** Registers the metrics of a node and serves them on the admin port. */
final class NodeMetrics {
    private NodeMetrics() {}

    static void register(
            Environment environment, TransactionWatch transactions, IntSupplier setAside, IntSupplier leftBehind) {
        environment
                .metrics()
                .registerGauge("longhaul.database.oldest_transaction_seconds", () -> transactions.ageSeconds());
        environment.metrics().registerGauge("longhaul.rows.set_aside", () -> setAside.getAsInt());
        environment.metrics().registerGauge("longhaul.attempts.left_behind", () -> leftBehind.getAsInt());
        PrometheusRegistry registry = new PrometheusRegistry();
        DropwizardExports.builder().dropwizardRegistry(environment.metrics()).register(registry);
        JvmMetrics.builder().register(registry);
        OldestTransactionMetric.register(transactions, registry);
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(registry))
                .addMapping("/prometheus");
    }
}
