package io.longhaul.jobs;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the parts of a node what happens to jobs. Listeners are called in the order in which they were added, on the
 * publisher's thread, so they must be quick. A signal only says that something may have happened: a listener that
 * misses one finds the change by its next poll. So one that throws is logged, and neither its publisher nor the other
 * listeners notice. Signals from other nodes are published by the methods ending in {@code Elsewhere} and are not sent
 * on.
 */
public final class JobSignals {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.jobs");

    private final List<Runnable> claimable = new CopyOnWriteArrayList<>();
    private final List<IntConsumer> stored = new CopyOnWriteArrayList<>();
    private final List<Runnable> ready = new CopyOnWriteArrayList<>();
    private final List<Consumer<Collection<UUID>>> awaited = new CopyOnWriteArrayList<>();
    private final List<Consumer<Collection<UUID>>> cancelled = new CopyOnWriteArrayList<>();
    private final List<EndListener> ended = new CopyOnWriteArrayList<>();
    private final List<Runnable> endedElsewhere = new CopyOnWriteArrayList<>();
    private final List<Consumer<Collection<UUID>>> answered = new CopyOnWriteArrayList<>();

    private record EndListener(Consumer<Collection<UUID>> listener, boolean hereOnly) {}

    /** Runs what follows a commit. Its failure is logged and not thrown, because nothing takes the commit back. */
    public static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.warn("A signal after a commit failed; its listeners find the change by polling: {}", e.getMessage());
            LOG.debug("A signal failed after a commit", e);
        }
    }

    /** Publishes that there may be jobs to claim. */
    public void claimable() {
        claimable.forEach(JobSignals::tell);
    }

    /** Publishes that this node stored so many new jobs in one transaction. */
    public void stored(int jobs) {
        stored.forEach(listener -> tell(() -> listener.accept(jobs)));
    }

    /** Publishes that this node stored jobs or made stored jobs claimable. */
    public void ready() {
        claimable();
        ready.forEach(JobSignals::tell);
    }

    /**
     * Publishes that this node committed jobs that wait for these predecessors. The predecessors may have ended
     * meanwhile.
     */
    public void awaited(Collection<UUID> predecessors) {
        awaited.forEach(listener -> tell(() -> listener.accept(predecessors)));
    }

    /** Publishes that this node ended jobs or put them back into the queue. */
    public void ended(Collection<UUID> jobs) {
        ended.forEach(one -> tell(() -> one.listener().accept(jobs)));
    }

    /** Publishes that this node cancelled jobs, which ends them. */
    public void cancelled(Collection<UUID> jobs) {
        cancelled.forEach(listener -> tell(() -> listener.accept(jobs)));
        ended(jobs);
    }

    /** Publishes that questions of these jobs were answered, on this node or another. */
    public void answered(Collection<UUID> jobs) {
        answered.forEach(listener -> tell(() -> listener.accept(jobs)));
    }

    /** Publishes that another node may have ended jobs. */
    public void endedElsewhere() {
        endedElsewhere.forEach(JobSignals::tell);
    }

    /** Publishes that some node cancelled a job. */
    public void cancelledElsewhere(UUID job) {
        List<UUID> jobs = List.of(job);
        cancelled.forEach(listener -> tell(() -> listener.accept(jobs)));
        ended.stream()
                .filter(one -> !one.hereOnly())
                .forEach(one -> tell(() -> one.listener().accept(jobs)));
    }

    /** Called with the number of jobs. */
    public void onStored(IntConsumer listener) {
        stored.add(listener);
    }

    /** Called by {@link #claimable} and {@link #ready}. */
    public void onClaimable(Runnable listener) {
        claimable.add(listener);
    }

    /** Called by {@link #ready}, after the listeners of {@link #onClaimable}. */
    public void onReady(Runnable listener) {
        ready.add(listener);
    }

    /** Called with the predecessors. */
    public void onAwaited(Consumer<Collection<UUID>> listener) {
        awaited.add(listener);
    }

    /** Called with cancelled jobs of this and other nodes, before the listeners for ended jobs. */
    public void onCancelled(Consumer<Collection<UUID>> listener) {
        cancelled.add(listener);
    }

    /** Called with the jobs that this node ended and those cancelled elsewhere. */
    public void onEnded(Consumer<Collection<UUID>> listener) {
        ended.add(new EndListener(listener, false));
    }

    /** Called only for jobs that this node ended. */
    public void onEndedHere(Runnable listener) {
        ended.add(new EndListener(jobs -> listener.run(), true));
    }

    /** Called by {@link #answered}. */
    public void onAnswered(Consumer<Collection<UUID>> listener) {
        answered.add(listener);
    }

    /** Called by {@link #endedElsewhere}, which does not know the jobs. */
    public void onEndedElsewhere(Runnable listener) {
        endedElsewhere.add(listener);
    }
}
