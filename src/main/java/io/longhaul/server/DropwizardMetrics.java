package io.longhaul.server;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.Timer;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import java.util.Map;

/**
 * Publishes what Dropwizard and the MCP server measure, under names that do not depend on classes or ports. Only what is
 * named here: all of it is at {@code /metrics} of the admin port.
 */
final class DropwizardMetrics {
    private static final String POOL = "io.dropwizard.db.ManagedPooledDataSource.";
    private static final String HTTP = "io.dropwizard.jetty.MutableServletContextHandler.";
    private static final String MCP = "longhaul.mcp.requests.";
    private static final double SECONDS = 1e9;

    /** Pools by the label that metrics have, with the name that Dropwizard has. */
    private static final Map<String, String> POOLS = Map.of("requests", "database", "workers", "workers");

    private final MetricRegistry source;

    private DropwizardMetrics(MetricRegistry source) {
        this.source = source;
    }

    static void register(MetricRegistry source, PrometheusRegistry registry) {
        DropwizardMetrics metrics = new DropwizardMetrics(source);
        metrics.addPools(registry);
        metrics.addHttp(registry);
        metrics.addMcp(registry);
    }

    private void addPools(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("longhaul_database_connections")
                .help("Connections of this node's pools.")
                .labelNames("pool", "state")
                .callback(told -> POOLS.forEach((pool, name) -> {
                    told.call(gauge(POOL + name + ".active"), pool, "active");
                    told.call(gauge(POOL + name + ".idle"), pool, "idle");
                }))
                .register(registry);
        GaugeWithCallback.builder()
                .name("longhaul_database_connection_waiters")
                .help("Threads that wait for a connection of a pool.")
                .labelNames("pool")
                .callback(told -> POOLS.forEach((pool, name) -> told.call(gauge(POOL + name + ".waiting"), pool)))
                .register(registry);
    }

    private void addHttp(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("longhaul_http_responses_total")
                .help("Answers of the API port, by class of status.")
                .labelNames("code")
                .callback(told -> {
                    for (int code = 1; code <= 5; code++) {
                        Meter meter = source.getMeters().get(HTTP + code + "xx-responses");
                        told.call(meter == null ? 0 : (double) meter.getCount(), code + "xx");
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("longhaul_http_requests_active")
                .help("Requests of the API port that are being answered, held ones included.")
                .callback(told -> {
                    Counter active = source.getCounters().get(HTTP + "active-requests");
                    told.call(active == null ? 0 : (double) active.getCount());
                })
                .register(registry);
        SummaryWithCallback.builder()
                .name("longhaul_http_request_duration_seconds")
                .help(
                        "Time of requests of the API port in the last minutes; held requests take as long as they are held.")
                .callback(this::tellDurations)
                .register(registry);
    }

    private void tellDurations(SummaryWithCallback.Callback told) {
        Timer timer = source.getTimers().get(HTTP + "requests");
        if (timer != null) {
            Snapshot recent = timer.getSnapshot();
            told.call(
                    timer.getCount(),
                    Double.NaN,
                    Quantiles.of(
                            new Quantile(0.5, recent.getMedian() / SECONDS),
                            new Quantile(0.95, recent.get95thPercentile() / SECONDS),
                            new Quantile(0.99, recent.get99thPercentile() / SECONDS)));
        }
    }

    private void addMcp(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("longhaul_mcp_requests_total")
                .help("Requests of MCP clients by method.")
                .labelNames("method")
                .callback(told -> source.getCounters((name, metric) -> name.startsWith(MCP))
                        .forEach((name, counter) ->
                                told.call((double) counter.getCount(), name.substring(MCP.length()))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("longhaul_mcp_streams")
                .help("Streams to MCP clients that are open.")
                .callback(told -> told.call(gauge("longhaul.mcp.streams")))
                .register(registry);
    }

    /** Zero for a gauge that is not there (yet), or shows no number. */
    private double gauge(String name) {
        Gauge<?> gauge = source.getGauges().get(name);
        return gauge != null && gauge.getValue() instanceof Number number ? number.doubleValue() : 0;
    }
}
