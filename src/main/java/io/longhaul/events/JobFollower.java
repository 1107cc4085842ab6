package io.longhaul.events;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.List;
import java.util.UUID;

/** Wants to know how one job goes on. All its methods are called by one thread, and must not block. */
public interface JobFollower {
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
     * Whether to be told the whole job.
     *
     * @param state how it stands
     * @return true if it is to be read
     */
    boolean wantsJob(JobState state);

    /**
     * Takes what there is.
     *
     * @param state how the job stands, or null if it does not exist any more
     * @param job the job if it was wanted, as in a list: without large params and result; else null
     * @param lines the next lines of its log; read after the state, so that all lines that were stored before it are
     *     among them unless there are more
     * @param more whether there may be more lines
     */
    void tell(JobState state, Job job, List<LogLine> lines, boolean more);
}
