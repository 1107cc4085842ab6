package io.longhaul.telemetry.queues;

import io.longhaul.jobs.sql.QueueFigures;
import io.longhaul.telemetry.BoundedLabel;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;

/**
 * Publishes the queues of all tools as the database has them, the same on every node. Without an answer of the database
 * there are no figures, and {@code longhaul_queue_figures_up} is 0: an old figure would look like a queue that stands still.
 */
public final class QueueMetrics implements MultiCollector {
    /** More tools than this are left out; metrics name fewer anyway. */
    private static final int TOOLS = 1_000;

    /** Jobs that are counted in all: some 50 ms of work. */
    private static final int ROWS = 200_000;

    private static final int RUNNING = 10_000;
    private static final int DELAYED = 10_000;

    /** Two scrapes of one Prometheus are usually at least as far apart. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    /** Prometheus gives a scrape ten seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration OLDEST = Duration.ofMinutes(1);

    private final BoundedLabel tools;
    private final BooleanSupplier isDatabaseThere;
    private final SharedReading<Figures> figures;

    private record Figures(
            List<QueueFigures.Queue> queues, List<QueueFigures.Running> running, QueueFigures.Others others) {}

    /**
     * Nothing is read before the first scrape.
     *
     * @param tools the names of tools as metrics show them
     * @param isDatabaseThere false while the database is known not to answer, or to lack the tables
     */
    public QueueMetrics(Jdbi jdbi, BoundedLabel tools, BooleanSupplier isDatabaseThere) {
        this.tools = tools;
        this.isDatabaseThere = isDatabaseThere;
        this.figures =
                new SharedReading<>(() -> jdbi.withExtension(QueueFigures.class, QueueMetrics::read), FRESH, PATIENCE);
    }

    private static Figures read(QueueFigures statements) {
        return new Figures(
                statements.queues(TOOLS, ROWS), statements.runningByTool(RUNNING), statements.others(DELAYED));
    }

    @Override
    public MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        if (!isDatabaseThere.getAsBoolean()) {
            return all.metricSnapshot(up(false)).build();
        }
        SharedReading.State<Figures> state = figures.get();
        boolean known = state.value() != null && state.age().compareTo(OLDEST) < 0;
        all.metricSnapshot(up(state.succeeded()));
        if (known) {
            all.metricSnapshot(gauge(
                    "longhaul_queue_figures_age_seconds",
                    "Age of the figures of queues: scrapes share them for ten seconds and longer.",
                    List.of(point(state.age().toMillis() / 1000.0))));
            addQueues(all, state.value());
            addOthers(all, state.value().others());
        }
        return all.build();
    }

    private static GaugeSnapshot up(boolean answers) {
        return gauge(
                "longhaul_queue_figures_up",
                "1 if the database answered the last question for the queues; 0 if it did not, or not in time.",
                List.of(point(answers ? 1 : 0)));
    }

    private void addQueues(MetricSnapshots.Builder all, Figures value) {
        Map<String, Double> ready = zeros();
        Map<String, Double> keyed = zeros();
        Map<String, Double> oldest = zeros();
        Map<String, Double> running = zeros();
        for (QueueFigures.Queue queue : value.queues()) {
            add(ready, queue.tool(), (double) queue.ready(), Double::sum);
            add(keyed, queue.tool(), (double) queue.keyed(), Double::sum);
            add(oldest, queue.tool(), queue.oldestSeconds(), Math::max);
        }
        value.running().forEach(one -> add(running, one.tool(), (double) one.jobs(), Double::sum));
        List<GaugeDataPointSnapshot> waiting = new ArrayList<>(points(ready, "waits_for", "worker"));
        waiting.addAll(points(keyed, "waits_for", "concurrency_key"));
        all.metricSnapshot(gauge(
                "longhaul_queue_jobs",
                "Pending jobs of all nodes that wait for a worker, or for their concurrency key. Exact up to 200,000"
                        + " shared among the tools, and to 1,000 of each.",
                waiting));
        all.metricSnapshot(gauge(
                "longhaul_queue_jobs_counted",
                "The largest number that longhaul_queue_jobs shows of a tool: 200,000 shared among the tools with waiting jobs,"
                        + " and 1,000 at least.",
                List.of(point((double) value.queues().stream()
                        .mapToLong(QueueFigures.Queue::counted)
                        .max()
                        .orElse(ROWS)))));
        all.metricSnapshot(gauge(
                "longhaul_queue_oldest_age_seconds",
                "How long the oldest job of a tool has waited for a worker.",
                points(oldest)));
        all.metricSnapshot(
                gauge("longhaul_jobs_running", "Jobs that all nodes hold; counted up to 10,000.", points(running)));
    }

    private static void addOthers(MetricSnapshots.Builder all, QueueFigures.Others others) {
        all.metricSnapshot(gauge(
                "longhaul_jobs_delayed",
                "Pending jobs whose time has not come: delayed, or waiting to be tried again; counted up to 10,000.",
                List.of(point((double) others.delayed()))));
        all.metricSnapshot(gauge(
                "longhaul_nodes",
                "Nodes and remote workers whose lease lasts (alive), or is over and not yet removed (lost).",
                List.of(
                        point((double) others.alive(), "state", "alive"),
                        point((double) others.lost(), "state", "lost"))));
    }

    /** An empty queue is shown as empty, because a series that ends looks like a node that is away. */
    private Map<String, Double> zeros() {
        Map<String, Double> zeros = new TreeMap<>();
        tools.known().forEach(tool -> zeros.put(tool, 0.0));
        return zeros;
    }

    private void add(Map<String, Double> values, String tool, double value, BinaryOperator<Double> sum) {
        values.merge(tools.of(tool), value, sum);
    }

    private static List<GaugeDataPointSnapshot> points(Map<String, Double> byTool, String... more) {
        return byTool.entrySet().stream()
                .map(one -> GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("tool", one.getKey()).merge(Labels.of(more)))
                        .value(one.getValue())
                        .build())
                .toList();
    }

    private static GaugeDataPointSnapshot point(double value, String... labels) {
        return GaugeDataPointSnapshot.builder()
                .labels(Labels.of(labels))
                .value(value)
                .build();
    }

    private static GaugeSnapshot gauge(String name, String help, List<GaugeDataPointSnapshot> points) {
        GaugeSnapshot.Builder made = GaugeSnapshot.builder().name(name).help(help);
        points.forEach(made::dataPoint);
        return made.build();
    }
}
