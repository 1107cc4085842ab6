package io.longhaul.server;

import io.longhaul.readiness.Condition;
import io.longhaul.readiness.Readiness;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.workers.Workers;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Publishes the state of a node: what it knows without asking anybody. */
final class NodeMetrics {
    /** Tools that metrics show by name; each has about fifty time series on each node. */
    static final int TOOLS = 100;

    private final PrometheusRegistry registry;

    NodeMetrics(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /** Registers the version and the name of the node. */
    void addBuild(String version, String node) {
        Info.builder()
                .name("longhaul_build_info")
                .help("The release and the name of this node.")
                .labelNames("version", "node")
                .register(registry)
                .setLabelValues(version, node);
    }

    /** Registers the conditions of readiness. */
    void addReadiness(Readiness readiness) {
        add(
                "longhaul_ready",
                "1 if this node is ready for traffic, as /readyz says.",
                () -> readiness.current().ready() ? 1 : 0);
        GaugeWithCallback.builder()
                .name("longhaul_condition")
                .help(
                        "The conditions of /readyz, by name: 1 for the one state of ok, degraded and failing that it is in.")
                .labelNames("condition", "state")
                .callback(told -> readiness.current().conditions().forEach(one -> tell(told, one)))
                .register(registry);
    }

    private static void tell(GaugeWithCallback.Callback told, Condition one) {
        String state = !one.ok() ? "failing" : one.degraded() ? "degraded" : "ok";
        for (String each : new String[] {"ok", "degraded", "failing"}) {
            told.call(each.equals(state) ? 1 : 0, one.name(), each);
        }
    }

    /** Registers the state of the schema. */
    void addSchema(Supplier<SchemaState> schema) {
        GaugeWithCallback.builder()
                .name("longhaul_schema_state")
                .help("The verdict on the schema: 1 for the one state that it is in.")
                .labelNames("state")
                .callback(told -> {
                    SchemaState.Status now = schema.get().status();
                    for (SchemaState.Status each : SchemaState.Status.values()) {
                        told.call(each == now ? 1 : 0, each.name().toLowerCase(Locale.ROOT));
                    }
                })
                .register(registry);
        add(
                "longhaul_schema_expected_level",
                "The level of the schema that this release was built for.",
                () -> schema.get().finding().expectedLevel());
        add(
                "longhaul_schema_found_level",
                "The level of the schema that was found; 0 if none was.",
                () -> schema.get().finding().foundLevel());
    }

    /** Registers the work of the node. */
    void addWorkers(Workers workers) {
        add("longhaul_node_attempts_running", "Attempts that this node holds.", workers::running);
        add(
                "longhaul_node_slots",
                "Attempts that this node may run at once.",
                () -> workers.configuration().concurrency());
        add("longhaul_node_draining", "1 if this node claims no more jobs.", () -> workers.isDraining() ? 1 : 0);
        add(
                "longhaul_attempts_left_behind",
                "Calls that go on although they were told to stop.",
                () -> workers.leftBehind().count());
        add(
                "longhaul_rows_set_aside",
                "Rows that are set aside because statements fail on them; at most 20.",
                () -> workers.quarantined().size());
        add(
                "longhaul_tools_paused",
                "Tools that are paused on all nodes.",
                () -> workers.pausedTools().list().size());
    }

    /** Registers how this node hears of work: notifications, or polling alone. */
    void addWakeUp(boolean canListen, BooleanSupplier listening) {
        GaugeWithCallback.builder()
                .name("longhaul_wakeup_mode")
                .help(
                        "1 for the way in which this node hears of work: notify, or poll while notifications do not arrive.")
                .labelNames("mode")
                .callback(told -> {
                    boolean hears = canListen && listening.getAsBoolean();
                    told.call(hears ? 1 : 0, "notify");
                    told.call(hears ? 0 : 1, "poll");
                })
                .register(registry);
        add(
                "longhaul_notifications_wanted",
                "0 if the database is behind a pooler, so that this node polls.",
                () -> canListen ? 1 : 0);
    }

    private void add(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(told -> told.call(value.getAsDouble()))
                .register(registry);
    }
}
