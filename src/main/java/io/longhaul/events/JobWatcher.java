package io.longhaul.events;

import io.longhaul.jobs.JobQueries.LogLine;
import io.longhaul.jobs.JobState;
import java.util.List;
import java.util.UUID;

/** Wants to know how one job goes on. All its methods are called by one thread, and must not block. */
public interface JobWatcher {
    /** As the line to read on after: no lines are wanted. */
    long NO_LINES = Long.MAX_VALUE;

    /**
     * The job.
     *
     * @return always the same
     */
    UUID job();

    /**
     * Whether it takes news now.
     *
     * @return false while the last ones are still on their way
     */
    boolean isReady();

    /**
     * Where to read on in the job's log.
     *
     * @return a line number, 0 for the first line, or {@link #NO_LINES}
     */
    long after();

    /**
     * Takes what there is.
     *
     * @param state how the job stands, or null if it does not exist any more
     * @param lines the next lines of its log; read after the state, so that all lines that were stored before it are
     *     among them unless there are more
     * @param more whether there may be more lines
     */
    void tell(JobState state, List<LogLine> lines, boolean more);
}
