package io.longhaul.mcp;

import com.codahale.metrics.MetricRegistry;
import io.longhaul.streams.EventStreams;
import java.util.Locale;
import java.util.Set;

/** Counts what clients ask for. */
final class McpMetrics {
    /** Clients may send any text as a method, and each name would be a figure of its own for ever. */
    private static final Set<String> METHODS = Set.of(
            "initialize",
            "ping",
            "server/discover",
            "tools/list",
            "tools/call",
            "tasks/get",
            "tasks/result",
            "tasks/list",
            "tasks/update",
            "tasks/cancel",
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "resources/subscribe",
            "resources/unsubscribe",
            "subscriptions/listen",
            "prompts/list",
            "logging/setLevel");

    private final MetricRegistry metrics;

    McpMetrics(MetricRegistry metrics, EventStreams streams) {
        this.metrics = metrics;
        metrics.registerGauge("longhaul.mcp.streams", streams::size);
    }

    void requested(String method) {
        String name = METHODS.contains(method) ? method.replace('/', '_').toLowerCase(Locale.ROOT) : "other";
        metrics.counter("longhaul.mcp.requests." + name).inc();
    }
}
