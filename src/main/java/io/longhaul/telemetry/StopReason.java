package io.longhaul.telemetry;

/** Why the work on a job is stopped before it is done. */
public enum StopReason {
    /** Nobody wants the job any more. What the tool answers is dropped. */
    CANCELLED,
    /** The lease is gone: the job was given to another node, or its end was not heard of. What the tool answers is dropped. */
    LEASE_LOST,
    /** The attempt took longer than it may. It counts as failed. */
    TIMEOUT,
    /** The node stops. The job goes back into the queue. */
    DRAINING
}
