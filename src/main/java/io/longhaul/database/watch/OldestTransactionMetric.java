package io.longhaul.database.watch;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Publishes the owner of the oldest transaction together with its age, so that an alarm names it. */
public final class OldestTransactionMetric {
    private OldestTransactionMetric() {}

    /**
     * Registers {@code longhaul_database_oldest_transaction_owner}: the age in seconds, with labels for kind and owner.
     * The metric is absent while no transaction is open.
     */
    public static void register(TransactionWatch watch, PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("longhaul_database_oldest_transaction_owner")
                .help("Age in seconds of the oldest open transaction, with its owner.")
                .labelNames("kind", "owner", "user", "application", "state")
                .callback(told -> watch.oldest()
                        .ifPresent(one -> told.call(
                                one.age().toMillis() / 1000.0,
                                one.kind(),
                                one.owner(),
                                known(one.user()),
                                known(one.application()),
                                known(one.state()))))
                .register(registry);
    }

    private static String known(String text) {
        return text == null ? "" : text;
    }
}
