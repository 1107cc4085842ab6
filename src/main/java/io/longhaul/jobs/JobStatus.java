package io.longhaul.jobs;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where a job stands. The labels and their order are those of the enum {@code jobstatus} in PostgreSQL;
 * a test compares the two.
 *
 * <p>{@code pending -> running -> completed | failed | cancelled}; a retry goes back to {@code pending}.
 * The last three are final: nothing changes a job that has ended.
 */
public enum JobStatus {
    /** Accepted and kept, waiting for its time, its turn and a free slot. */
    PENDING,
    /** A node holds a lease on it and its tool works. */
    RUNNING,
    /** Its tool ended well; the result is there. Final. */
    COMPLETED,
    /** It will not be tried again; the error says why. Final. */
    FAILED,
    /** Somebody called it off; what its tool still answers is dropped. Final. */
    CANCELLED;

    /**
     * The text used in SQL, JSON and the console.
     *
     * @return the name in lower case
     */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * Whether the job has ended.
     *
     * @return true for completed, failed and cancelled
     */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /**
     * Reads a label.
     *
     * @param label text such as {@code pending}
     * @return the status, or nothing for any other text
     */
    public static Optional<JobStatus> fromLabel(String label) {
        return Arrays.stream(values()).filter(s -> s.label().equals(label)).findFirst();
    }

    /**
     * All labels.
     *
     * @return in the order of the PostgreSQL enum
     */
    public static List<String> labels() {
        return Arrays.stream(values()).map(JobStatus::label).toList();
    }
}
