package io.longhaul.telemetry;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Receives the events of a node and its jobs, for log lines and metrics. */
public interface Telemetry {
    /** The node has a lease now. */
    void nodeRegistered(long nodeId, String name);

    /**
     * The node's registration is gone although it lives; its work is being stopped.
     *
     * @param silent true if it had not renewed its lease in time; otherwise somebody removed the row
     */
    void nodeLost(long nodeId, boolean silent);

    /** New jobs were stored in one transaction. */
    void stored(int jobs);

    /** Jobs were claimed by one statement. */
    void claimed(int jobs, Duration took);

    /** An attempt begins. */
    void started(ClaimedJob job);

    /** An attempt's outcome was written. */
    void ended(AttemptEnd end);

    /** Outcomes were written together, or found to have lost their leases; repeated tries count as one. */
    void wrote(int outcomes, Duration took);

    /** An attempt's outcome was not written, because its job has ended or belongs to another node now. */
    void leaseLost(Lease lease);

    /** An attempt is stopped early. */
    void stopped(Lease lease, StopReason reason);

    /** A tool did not stop when it was told to; its slot is free again, its thread is left behind. */
    void abandoned(Lease lease, String tool);

    /** A tool has left so many calls behind that this node claims no more of its jobs. */
    void barred(String tool, long calls);

    /** A thread that was left behind has come back. */
    void cameBack(Lease lease, String tool);

    /** Jobs of dead nodes were put back into the queue, or failed. */
    void rescued(Collection<UUID> jobs);

    /** Pending jobs failed because nobody began them in time. */
    void expired(Collection<UUID> jobs);

    /** Ended jobs were removed. */
    void removed(int jobs);

    /** A statement on many rows failed on one, which is set aside for a while. */
    void quarantined(String task, UUID row, Throwable failure);

    /**
     * An operation on many jobs has ended.
     *
     * @param what kind of operation
     * @param state completed or cancelled
     */
    void operationEnded(UUID operation, String what, String state, OperationCounts jobs);

    /**
     * How many jobs an operation had.
     *
     * @param matched all of them
     * @param done those that it changed
     * @param skipped those that needed no change
     * @param failed those that it could not change
     */
    record OperationCounts(long matched, long done, long skipped, long failed) {}

    /** A step of a loop failed; the loop goes on. */
    void loopFailed(String loop, int inARow, Throwable failure);

    /** Passes all events on to each of these, in this order. */
    static Telemetry all(Telemetry... all) {
        return new TelemetryForAll(List.of(all));
    }
}
