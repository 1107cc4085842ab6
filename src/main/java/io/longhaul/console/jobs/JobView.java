package io.longhaul.console.jobs;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.List;

/**
 * One job.
 *
 * @param row the job, with what may be done with it
 * @param steps what happened to it
 * @param params its params
 * @param result its result, or null
 * @param log its log
 * @param related other jobs of its trace
 * @param commands the same by other means
 * @param difference how its params differ from those of another job, or null
 * @param once makes a repeated click one action
 */
public record JobView(
        JobRow row,
        List<Timeline.Step> steps,
        JsonPart params,
        JsonPart result,
        Log log,
        List<JobRow> related,
        Commands commands,
        Difference difference,
        String once) {
    /**
     * The end of a log.
     *
     * @param lines the last lines
     * @param attempt only of this attempt, or null for all
     * @param cut whether there are more lines before
     */
    public record Log(List<LogLine> lines, Integer attempt, boolean cut) {}

    /** A copy with the difference to another job, or as it is for null. */
    JobView comparedWith(Job other) {
        return other == null
                ? this
                : new JobView(row, steps, params, result, log, related, commands, Difference.of(other, job()), once);
    }

    public Job job() {
        return row.job();
    }

    public boolean mayCancel() {
        return row.mayChange() && !job().status().isFinal();
    }

    public boolean mayRepeat() {
        return row.mayChange() && job().status().isFinal();
    }
}
