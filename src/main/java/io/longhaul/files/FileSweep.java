package io.longhaul.files;

import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/**
 * Removes files that no job needs any more. A housekeeping task of its own, so that the clean-up of jobs costs nothing
 * for jobs without files. A job's files are no longer shown once the job is gone; this task removes them from the disk.
 */
public final class FileSweep {
    /** Name of this housekeeping task. */
    public static final String TASK = "files";

    private static final int BATCH = 200;

    /** About a second of a disk's time. */
    private static final long BATCH_BYTES = 64L << 20;

    private final Jdbi jdbi;
    private final Duration interval;

    /**
     * Creates the task.
     *
     * @param interval wait between batches when there is nothing more to do
     */
    public FileSweep(Jdbi jdbi, Duration interval) {
        this.jdbi = jdbi;
        this.interval = interval;
    }

    /**
     * Processes a batch.
     *
     * @return the wait until the next; zero if there is more
     */
    public Duration run() {
        int looked = jdbi.withExtension(FileStatements.class, s -> s.sweep(BATCH, BATCH_BYTES));
        return looked > 0 ? Duration.ZERO : interval;
    }
}
