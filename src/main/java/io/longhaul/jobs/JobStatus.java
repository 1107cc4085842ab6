package io.longhaul.jobs;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The status of a job. The labels and their order are those of the enum {@code jobstatus} in PostgreSQL; a test
 * compares them.
 *
 * <p>{@code pending -> running -> completed
 *
 * failed
 * cancelled}; a retry goes back to {@code pending}. The last three are final: nothing changes a job that has ended.
 */
public enum JobStatus {
    /** Accepted and stored. It waits for its time, its turn and a free slot. */
    PENDING,
    /** A node holds a lease on it and runs its tool. */
    RUNNING,
    /** Its tool succeeded and the result is stored. Final. */
    COMPLETED,
    /** It is not tried again; the error says why. Final. */
    FAILED,
    /** A user cancelled it; a later answer of its tool is dropped. Final. */
    CANCELLED;

    /** The name in lower case, as used in SQL, JSON and the console. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** True for completed, failed and cancelled. */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /**
     * True if an error with this code, or null, ended a job of this status. A job that somebody cancelled keeps the error
     * of an attempt before, which is not why it ended.
     */
    public boolean isByError(String errorCode) {
        return this == FAILED
                || (this == CANCELLED && JobError.PREDECESSOR_FAILED.name().equals(errorCode));
    }

    /** The status with this label, such as {@code pending}, or nothing for any other text. */
    public static Optional<JobStatus> fromLabel(String label) {
        return Arrays.stream(values()).filter(s -> s.label().equals(label)).findFirst();
    }

    /** All labels, in the order of the PostgreSQL enum. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(JobStatus::label).toList();
    }
}
