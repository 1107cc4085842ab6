package io.longhaul.workers;

import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.jobs.sql.Sequences;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.upkeep.Rescuer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Keeps the node's lease, on which the leases of all its jobs stand: one row, renewed every third of its
 * time. A node that finds it gone was given up for dead; its work is stopped and it registers anew.
 *
 * <p>While the database cannot be reached the work goes on: nobody can take it then, and rescuers give
 * every node one lease's time after an outage (see {@link Rescuer}).
 */
final class Heartbeat {
    private final Jdbi jdbi;
    private final WorkerConfiguration configuration;
    private final String version;
    private final Telemetry telemetry;
    private final Runnable lost;
    private volatile OptionalLong nodeId = OptionalLong.empty();
    private volatile boolean alone = true;
    private final LongSupplier nanoTime;
    private long renewedAtNanos;
    private boolean failing;

    Heartbeat(Jdbi jdbi, WorkerConfiguration configuration, String version, Telemetry telemetry, Runnable lost) {
        this(jdbi, configuration, version, telemetry, lost, System::nanoTime);
    }

    /** The same with a clock of the caller's. */
    Heartbeat(
            Jdbi jdbi,
            WorkerConfiguration configuration,
            String version,
            Telemetry telemetry,
            Runnable lost,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.jdbi = jdbi;
        this.configuration = configuration;
        this.version = version;
        this.telemetry = telemetry;
        this.lost = lost;
    }

    /** The lease of this run, or nothing while there is none. */
    OptionalLong nodeId() {
        return nodeId;
    }

    /** Whether no other node was seen at the last beat: then nobody needs to be notified. */
    boolean alone() {
        return alone;
    }

    /** A step of the loop. */
    Duration beat() {
        if (nodeId.isEmpty()) {
            register();
        }
        boolean wasFailing = failing;
        failing = true;
        renew(nodeId.getAsLong(), wasFailing);
        failing = false;
        renewedAtNanos = nanoTime.getAsLong();
        return configuration.lease().dividedBy(3);
    }

    private void register() {
        healSequences();
        long millis = configuration.lease().toMillis();
        long id = jdbi.withExtension(NodeLeases.class, n -> n.register(configuration.node(), version, millis));
        nodeId = OptionalLong.of(id);
        telemetry.nodeRegistered(id, configuration.node());
    }

    /** What is wrong with them may keep this node from its number; whatever else it keeps from is told where that fails. */
    private void healSequences() {
        try {
            Sequences.heal(jdbi);
        } catch (JdbiException e) {
            telemetry.loopFailed("sequences", 1, e);
        }
    }

    private void renew(long id, boolean wasFailing) {
        long millis = configuration.lease().toMillis();
        Optional<Integer> others = jdbi.withExtension(NodeLeases.class, n -> n.renew(id, millis));
        if (others.isPresent()) {
            alone = others.get() == 0;
        } else {
            nodeId = OptionalLong.empty();
            // A node that tried in vain was not silent by its own fault: the log says what kept it from beating.
            telemetry.nodeLost(
                    id,
                    !wasFailing
                            && nanoTime.getAsLong() - renewedAtNanos
                                    >= configuration.lease().toNanos());
            lost.run();
            register();
        }
    }

    /** Takes the node off once it holds no job; what it still holds is rescued when the lease lapses. */
    void leave() {
        nodeId.ifPresent(id -> jdbi.useExtension(NodeLeases.class, n -> n.leave(id)));
        nodeId = OptionalLong.empty();
    }
}
