package io.longhaul.workers;

import io.dropwizard.db.ManagedDataSource;
import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.NodeState;
import io.longhaul.workers.node.WorkerConfiguration;
import io.longhaul.workers.run.Stops;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** The workers of one node, running on connections of their own as they do in a server. */
public final class TestNode implements AutoCloseable {
    /** Looks for jobs often, so that no test waits for a poll. */
    public static final WorkerConfiguration USUAL = configured(16, Duration.ofSeconds(20));

    public final RecordedTelemetry telemetry = new RecordedTelemetry();
    final JobSignals signals = new JobSignals();
    final List<UUID> changed = new CopyOnWriteArrayList<>();
    volatile boolean mayClaim = true;
    final NodeState state = new NodeState(() -> mayClaim);
    public final Workers workers;
    private final ManagedDataSource pool;

    public static WorkerConfiguration configured(int concurrency, Duration drain) {
        return new WorkerConfiguration(
                "node",
                concurrency,
                Duration.ofMillis(50),
                Duration.ofSeconds(3),
                drain,
                Duration.ofMinutes(5),
                Duration.ofSeconds(1));
    }

    /** Starts a node. */
    public TestNode(TestDatabase database, WorkerConfiguration configuration, RegisteredTool... tools) {
        this(database, configuration, workers -> {}, tools);
    }

    /** Starts a node that leaves tools behind which do not stop within {@code stopGrace}. */
    public TestNode(
            TestDatabase database, WorkerConfiguration configuration, Duration stopGrace, RegisteredTool... tools) {
        this(database, configuration, stopGrace, workers -> {}, tools);
    }

    /** Starts a node after something was added to it. */
    public TestNode(TestDatabase database, Consumer<Workers> added, RegisteredTool... tools) {
        this(database, USUAL, added, tools);
    }

    private TestNode(
            TestDatabase database,
            WorkerConfiguration configuration,
            Consumer<Workers> added,
            RegisteredTool... tools) {
        this(database, configuration, Stops.GRACE, added, tools);
    }

    private TestNode(
            TestDatabase database,
            WorkerConfiguration configuration,
            Duration stopGrace,
            Consumer<Workers> added,
            RegisteredTool... tools) {
        pool = TestJobs.workersPool(database, "test-node");
        try {
            pool.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        Jdbi jdbi = TestDatabase.jdbi(pool::getConnection);
        workers = new Workers(
                new Node(jdbi, state, telemetry, signals),
                ToolRegistry.of(List.of(tools)),
                configuration,
                "test",
                stopGrace);
        listen(signals, workers);
        signals.onEnded(changed::addAll);
        added.accept(workers);
        workers.start();
    }

    /** Lets workers hear of signals, as the server does. */
    public static void listen(JobSignals signals, Workers workers) {
        signals.onClaimable(workers::claimSoon);
        signals.onCancelled(workers::stopCancelled);
        signals.onEnded(workers::ended);
        signals.onAnswered(workers::answered);
    }

    /** A node for parts that are tested alone. */
    public static Node of(Jdbi jdbi, RecordedTelemetry telemetry) {
        return new Node(jdbi, new NodeState(() -> true), telemetry, new JobSignals());
    }

    public TestNode(TestDatabase database, RegisteredTool... tools) {
        this(database, USUAL, tools);
    }

    /** Waits until the node is known and could claim. */
    public TestNode awaitRegistered() {
        Await.until("the node has registered", () -> !telemetry.registered.isEmpty());
        return this;
    }

    @Override
    public void close() {
        workers.stop();
        try {
            pool.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
