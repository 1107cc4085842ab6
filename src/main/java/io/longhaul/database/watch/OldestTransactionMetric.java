package io.longhaul.database.watch;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Publishes the age of the oldest transaction, and its owner once it is old, so that an alarm names it. */
public final class OldestTransactionMetric {
    private OldestTransactionMetric() {}

    /**
     * Registers {@code longhaul_database_oldest_transaction_seconds} and {@code longhaul_database_old_transaction_seconds}.
     * The second has labels for kind and owner. It is absent below the threshold: the owners of the short transactions of a
     * busy database would each be a time series.
     */
    public static void register(TransactionWatch watch, PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("longhaul_database_oldest_transaction_seconds")
                .help("Age of the oldest open transaction of the database that the role may see; 0 if none is open.")
                .callback(told -> told.call(watch.ageSeconds()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("longhaul_database_old_transaction_seconds")
                .help("Age of the oldest open transaction with its owner, while it is older than oldTransaction.")
                .labelNames("kind", "owner", "user", "application", "state")
                .callback(told -> watch.old()
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
