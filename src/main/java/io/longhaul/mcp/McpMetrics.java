package io.longhaul.mcp;

import com.codahale.metrics.MetricRegistry;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.streams.EventStreams;
import java.util.Locale;

/** Counts the requests of clients by method. */
final class McpMetrics {
    private final MetricRegistry metrics;

    McpMetrics(MetricRegistry metrics, EventStreams streams) {
        this.metrics = metrics;
        metrics.registerGauge("longhaul.mcp.streams", streams::size);
    }

    void requested(String method) {
        // Clients may send any text as a method, and each name would be a metric of its own for ever.
        String name =
                Methods.REQUESTS.contains(method) ? method.replace('/', '_').toLowerCase(Locale.ROOT) : "other";
        metrics.counter("longhaul.mcp.requests." + name).inc();
    }
}
