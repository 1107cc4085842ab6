package io.longhaul.telemetry;

/** The reason for which an attempt is stopped before its end. */
public enum StopReason {
    /** The job was cancelled. The tool's answer is dropped. */
    CANCELLED,
    /**
     * The lease is gone: the job was given to another node, or its end was not heard of. The tool's answer is dropped.
     */
    LEASE_LOST,
    /** The attempt took longer than allowed. It counts as failed. */
    TIMEOUT,
    /** The node stops. The job goes back into the queue. */
    DRAINING,
    /** It waits for an answer for too long. Another attempt begins when the answer is there. */
    WAITS_FOR_INPUT
}
