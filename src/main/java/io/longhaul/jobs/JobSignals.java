package io.longhaul.jobs;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Tells the parts of a node what happens to jobs. Listeners are called in the order in which they were added, on the thread of the
 * publisher, so they must be quick and must not throw. A signal says that something may have happened: a listener that misses one finds
 * the same by its next poll. Signals that other nodes sent are published by the methods that end in {@code Elsewhere}; they are not
 * sent on.
 */
public final class JobSignals {
    private final List<Runnable> claimable = new CopyOnWriteArrayList<>();
    private final List<Runnable> ready = new CopyOnWriteArrayList<>();
    private final List<Consumer<Collection<UUID>>> awaited = new CopyOnWriteArrayList<>();
    private final List<Consumer<Collection<UUID>>> cancelled = new CopyOnWriteArrayList<>();
    private final List<EndListener> ended = new CopyOnWriteArrayList<>();
    private final List<Runnable> endedElsewhere = new CopyOnWriteArrayList<>();

    private record EndListener(Consumer<Collection<UUID>> listener, boolean hereOnly) {}

    /** Publishes that there may be jobs to claim, for whatever reason. */
    public void claimable() {
        claimable.forEach(Runnable::run);
    }

    /** Publishes that this node has made jobs that can be claimed, or has made jobs claimable. */
    public void ready() {
        claimable();
        ready.forEach(Runnable::run);
    }

    /**
     * Publishes that jobs were committed that wait for others.
     *
     * @param predecessors the jobs that they wait for, which may have ended meanwhile
     */
    public void awaited(Collection<UUID> predecessors) {
        awaited.forEach(listener -> listener.accept(predecessors));
    }

    /**
     * Publishes that this node has ended jobs, or has put them back into the queue.
     *
     * @param jobs the jobs
     */
    public void ended(Collection<UUID> jobs) {
        ended.forEach(one -> one.listener().accept(jobs));
    }

    /**
     * Publishes that this node has cancelled jobs, which ends them.
     *
     * @param jobs the jobs
     */
    public void cancelled(Collection<UUID> jobs) {
        cancelled.forEach(listener -> listener.accept(jobs));
        ended(jobs);
    }

    /** Publishes that another node may have ended jobs. */
    public void endedElsewhere() {
        endedElsewhere.forEach(Runnable::run);
    }

    /**
     * Publishes that a job was cancelled, on whatever node.
     *
     * @param job the job
     */
    public void cancelledElsewhere(UUID job) {
        List<UUID> jobs = List.of(job);
        cancelled.forEach(listener -> listener.accept(jobs));
        ended.stream()
                .filter(one -> !one.hereOnly())
                .forEach(one -> one.listener().accept(jobs));
    }

    /**
     * Adds a listener for jobs to claim.
     *
     * @param listener called by {@link #claimable} and {@link #ready}
     */
    public void onClaimable(Runnable listener) {
        claimable.add(listener);
    }

    /**
     * Adds a listener for jobs that this node made claimable.
     *
     * @param listener called by {@link #ready}, after those for jobs to claim
     */
    public void onReady(Runnable listener) {
        ready.add(listener);
    }

    /**
     * Adds a listener for jobs that others wait for.
     *
     * @param listener called with the predecessors
     */
    public void onAwaited(Consumer<Collection<UUID>> listener) {
        awaited.add(listener);
    }

    /**
     * Adds a listener for cancelled jobs, wherever that was.
     *
     * @param listener called with the jobs, before those for ended jobs
     */
    public void onCancelled(Consumer<Collection<UUID>> listener) {
        cancelled.add(listener);
    }

    /**
     * Adds a listener for jobs that have ended, as far as this node knows which.
     *
     * @param listener called with the jobs
     */
    public void onEnded(Consumer<Collection<UUID>> listener) {
        ended.add(new EndListener(listener, false));
    }

    /**
     * Adds a listener for jobs that this node has ended, and for none that others have.
     *
     * @param listener called with the jobs
     */
    public void onEndedHere(Consumer<Collection<UUID>> listener) {
        ended.add(new EndListener(listener, true));
    }

    /**
     * Adds a listener for jobs that other nodes have ended, of which it is not known which they are.
     *
     * @param listener called by {@link #endedElsewhere}
     */
    public void onEndedElsewhere(Runnable listener) {
        endedElsewhere.add(listener);
    }
}
