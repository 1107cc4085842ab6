package io.longhaul.files;

import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/**
 * Removes files that no job needs any more: a piece of housekeeping of its own, so that the clean-up of jobs does nothing
 * more for those without files. A job's files no longer show once the job is gone; here they leave the disk.
 */
public final class FileSweep {
    /** What it is called as a piece of housekeeping. */
    public static final String TASK = "files";

    private static final int BATCH = 200;

    /** A second or so of a disk's time. */
    private static final long BATCH_BYTES = 64L << 20;

    private final Jdbi jdbi;
    private final Duration interval;

    /**
     * Wires it.
     *
     * @param jdbi the database
     * @param interval how long to wait when there is nothing more to do
     */
    public FileSweep(Jdbi jdbi, Duration interval) {
        this.jdbi = jdbi;
        this.interval = interval;
    }

    /**
     * Removes some.
     *
     * @return how long to wait before the next; zero when there is more
     */
    public Duration run() {
        int looked = jdbi.withExtension(FileStatements.class, s -> s.sweep(BATCH, BATCH_BYTES));
        return looked > 0 ? Duration.ZERO : interval;
    }
}
