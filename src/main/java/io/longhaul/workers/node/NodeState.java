package io.longhaul.workers.node;

import io.longhaul.jobs.sql.NodeLeases.Run;
import java.util.Optional;
import java.util.OptionalLong;

/** The state of a node that decides whether it may claim jobs. */
public final class NodeState {
    /** Says whether the schema lets this release work. */
    public interface SchemaFitness {
        boolean isFit();
    }

    private final SchemaFitness schema;
    private volatile Optional<Run> run = Optional.empty();
    private volatile boolean peers;
    private volatile boolean draining;
    private volatile boolean stopping;

    public NodeState(SchemaFitness schema) {
        this.schema = schema;
    }

    /** The id under which this run holds its leases, or nothing while it is not registered. */
    public OptionalLong id() {
        return run.stream().mapToLong(Run::id).findFirst();
    }

    /** The registered run, or nothing while there is none. */
    public Optional<Run> run() {
        return run;
    }

    public void registered(Run registered) {
        run = Optional.of(registered);
    }

    public void unregistered() {
        run = Optional.empty();
    }

    /** False if no other node was seen at the last heartbeat: then nobody needs to be notified. */
    public boolean hasPeers() {
        return peers;
    }

    public void sawPeers(boolean any) {
        peers = any;
    }

    public boolean isSchemaFit() {
        return schema.isFit();
    }

    public boolean mayClaim() {
        return !isDraining() && isSchemaFit();
    }

    /** True between {@link #drain} and {@link #resume}, and from {@link #stop} on. */
    public boolean isDraining() {
        return draining || stopping;
    }

    public void drain() {
        draining = true;
    }

    /** Ends a {@link #drain}; a node that stops goes on stopping. */
    public void resume() {
        draining = false;
    }

    public void stop() {
        stopping = true;
    }
}
