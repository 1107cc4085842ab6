package io.longhaul.api;

import io.dropwizard.db.ManagedDataSource;
import io.longhaul.events.JobEnds;
import io.longhaul.events.Listener;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.TestJobs;
import io.longhaul.telemetry.BoundedLabel;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.telemetry.TelemetryMetrics;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.TestNode;
import io.longhaul.workers.Workers;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.NodeState;
import io.longhaul.workers.node.WorkerConfiguration;
import io.longhaul.workers.remote.Remote;
import io.longhaul.workers.remote.RemoteConfiguration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** A node without slots of its own that serves remote workers. */
final class RemoteSide implements AutoCloseable {
    static final RemoteConfiguration CONFIGURATION = new RemoteConfiguration(Duration.ofSeconds(9));

    private final JobSignals signals = new JobSignals();
    private final ManagedDataSource pool;
    private final Workers workers;
    private final Remote remote;
    private final Listener listener;

    RemoteSide(TestDatabase database, DataSource connections, ToolRegistry registry, JobEnds ends) {
        pool = TestJobs.workersPool(database, "remote");
        try {
            pool.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        Jdbi jdbi = TestDatabase.jdbi(pool::getConnection);
        Telemetry telemetry = new TelemetryMetrics(new PrometheusRegistry(), new BoundedLabel(10));
        WorkerConfiguration configuration = new WorkerConfiguration(
                "node",
                0,
                Duration.ofMillis(200),
                Duration.ofSeconds(3),
                Duration.ZERO,
                Duration.ofMinutes(5),
                Duration.ofMinutes(1));
        Node node = new Node(jdbi, new NodeState(() -> true), telemetry, signals);
        workers = new Workers(node, registry, configuration, "test");
        TestNode.listen(signals, workers);
        signals.onEnded(ends::ended);
        Jdbi requests = TestDatabase.jdbi(connections::getConnection);
        remote = new Remote(node, requests, registry, CONFIGURATION, workers);
        signals.onClaimable(remote::claimSoon);
        signals.onCancelled(remote::stopCancelled);
        signals.onAnswered(remote::answered);
        listener = new Listener(() -> database.dataSource().getConnection(), signals);
        remote.awaitWorkers();
        workers.start();
        remote.start();
        listener.start();
    }

    JobSignals signals() {
        return signals;
    }

    Workers workers() {
        return workers;
    }

    Remote remote() {
        return remote;
    }

    void release() {
        remote.release();
    }

    @Override
    public void close() {
        listener.stop();
        remote.stop();
        workers.stop();
        try {
            pool.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
