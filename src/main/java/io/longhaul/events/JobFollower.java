package io.longhaul.events;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.List;
import java.util.UUID;

/** Follows one job. All its methods are called by one thread, and must not block. */
public interface JobFollower {
    /** A value of {@link #after}: no lines are wanted. */
    long NO_LINES = Long.MAX_VALUE;

    /** The job, always the same. */
    UUID job();

    /** Returns false while the last report is still on its way. */
    boolean isReady();

    /** The line of the job's log to read on after: 0 for the first line, or {@link #NO_LINES}. */
    long after();

    /** Returns true if the whole job is to be read in this state. */
    boolean wantsJob(JobState state);

    /**
     * Reports the job.
     *
     * @param state null if it does not exist any more
     * @param job the job if it was wanted, as in a list: without large params and result; else null
     * @param lines the next lines of its log; read after the state, so that all lines that were stored before it are
     *     among them unless there are more
     * @param more true if there may be more lines
     */
    void tell(JobState state, Job job, List<LogLine> lines, boolean more);
}
