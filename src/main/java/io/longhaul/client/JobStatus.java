package io.longhaul.client;

import java.util.Locale;

/** Where a job stands. */
public enum JobStatus {
    /** Waits for a worker, for its time, or for other jobs. */
    PENDING,
    /** A worker is at it. */
    RUNNING,
    /** Done; it has a result. */
    COMPLETED,
    /** Given up; it has an error. */
    FAILED,
    /** Called off. */
    CANCELLED;

    /**
     * Whether it stays so.
     *
     * @return true for the last three
     */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /**
     * How the API writes it.
     *
     * @return in lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static JobStatus of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
