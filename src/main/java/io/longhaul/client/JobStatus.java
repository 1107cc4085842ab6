package io.longhaul.client;

import java.util.Locale;

/** Status of a job. */
public enum JobStatus {
    /** Waits for a worker, for its time, or for other jobs. */
    PENDING,
    /** A worker runs it. */
    RUNNING,
    /** Ended with a result. */
    COMPLETED,
    /** Ended with an error; no attempt is left. */
    FAILED,
    /** Ended by a request to cancel it. */
    CANCELLED;

    /** True for the last three: the job has ended. */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /** The status as the API writes it, in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static JobStatus of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
