package io.longhaul.workers;

/** Why the work on a job is stopped before it is done. */
public enum StopReason {
    /** The lease is gone: the job was cancelled, or given to another node. What the tool answers is dropped. */
    LEASE_LOST,
    /** The attempt took longer than it may. It counts as failed. */
    TIMEOUT,
    /** The node stops. The job goes back into the queue. */
    DRAINING
}
