package io.longhaul.workers.node;

import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.jobs.sql.NodeLeases.Run;
import io.longhaul.jobs.sql.Sequences;
import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Keeps the node's lease, on which the leases of all its jobs stand: one row, renewed every third of its time. A node
 * that finds the row gone, or another node's in its place, was given up for dead; its work is stopped and it registers
 * anew.
 *
 * <p>While the database cannot be reached the work goes on: nobody can take it then, and rescuers give every node one
 * lease's time after an outage (see {@code Rescuer}).
 */
public final class Heartbeat {
    /** Stops the work of a node that was given up. */
    public interface LossListener {
        void lost();
    }

    private final Jdbi jdbi;
    private final NodeState state;
    private final Telemetry telemetry;
    private final WorkerConfiguration configuration;
    private final String version;
    private final LossListener listener;
    private final LongSupplier nanoTime;
    private long renewedAtNanos;
    private boolean failing;
    private int failuresToHeal;

    public Heartbeat(Node node, WorkerConfiguration configuration, String version, LossListener listener) {
        this(node, configuration, version, listener, System::nanoTime);
    }

    /** For tests: with a clock of the caller's. */
    public Heartbeat(
            Node node,
            WorkerConfiguration configuration,
            String version,
            LossListener listener,
            LongSupplier nanoTime) {
        this.jdbi = node.jdbi();
        this.state = node.state();
        this.telemetry = node.telemetry();
        this.configuration = configuration;
        this.version = version;
        this.listener = listener;
        this.nanoTime = nanoTime;
    }

    /** A step of the loop. */
    public Duration beat() {
        if (state.run().isEmpty()) {
            register();
        }
        boolean wasFailing = failing;
        failing = true;
        renew(state.run().get(), wasFailing);
        failing = false;
        renewedAtNanos = nanoTime.getAsLong();
        return configuration.lease().dividedBy(3);
    }

    private void register() {
        healSequences();
        long millis = configuration.lease().toMillis();
        Run run = jdbi.withExtension(NodeLeases.class, n -> n.register(configuration.node(), version, millis));
        state.registered(run);
        telemetry.nodeRegistered(run.id(), configuration.node());
    }

    /** Damaged sequences may keep this node from its id. Whatever else they break is reported where it fails. */
    private void healSequences() {
        try {
            Sequences.heal(jdbi);
            failuresToHeal = 0;
        } catch (JdbiException e) {
            telemetry.loopFailed("sequences", ++failuresToHeal, e);
        }
    }

    private void renew(Run run, boolean wasFailing) {
        long millis = configuration.lease().toMillis();
        Optional<Integer> others = jdbi.withExtension(NodeLeases.class, n -> n.renew(run, millis));
        if (others.isPresent()) {
            state.sawPeers(others.get() > 0);
        } else {
            state.unregistered();
            // A node that tried in vain was not silent by its own fault: the log names the reason.
            telemetry.nodeLost(
                    run.id(),
                    !wasFailing
                            && nanoTime.getAsLong() - renewedAtNanos
                                    >= configuration.lease().toNanos());
            listener.lost();
            register();
        }
    }

    /** Removes the node once it holds no job; jobs that it still holds are rescued when the lease lapses. */
    public void leave() {
        state.run().ifPresent(run -> jdbi.useExtension(NodeLeases.class, n -> n.leave(run)));
        state.unregistered();
    }
}
