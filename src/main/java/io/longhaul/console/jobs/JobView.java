package io.longhaul.console.jobs;

import io.longhaul.files.JobFile;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.List;
import java.util.Set;

/**
 * One job.
 *
 * @param row the job, with what may be done with it
 * @param steps what happened to it
 * @param lost runs that were lost with their workers
 * @param questions questions that the visitor may answer
 * @param params its params
 * @param result its result, or null
 * @param shown its result as a table and images
 * @param files its files
 * @param log its log
 * @param alike how many other jobs failed alike, in words; empty for none, null unless it failed
 * @param around the jobs that it is connected with
 * @param commands the same by other means
 * @param difference how its params differ from those of another job, or null
 * @param late whether somebody wanted to cancel it, and it had ended
 * @param once makes a repeated click one action
 */
public record JobView(
        JobRow row,
        List<Timeline.Step> steps,
        LostRuns lost,
        List<QuestionView> questions,
        JsonPart params,
        JsonPart result,
        ResultView shown,
        Files files,
        Log log,
        String alike,
        Around around,
        Commands commands,
        Difference difference,
        boolean late,
        String once) {
    /**
     * The jobs that a job is connected with.
     *
     * @param chain the chain that it is in, or null
     * @param batch other jobs of its batch, not all of a large one
     * @param trace other jobs of its trace
     */
    public record Around(ChainView chain, List<JobRow> batch, List<JobRow> trace) {}

    /**
     * The files of a job.
     *
     * @param outputs those that its tool made, by path
     * @param inputs those that were uploaded for it
     */
    public record Files(List<JobFile> outputs, List<JobFile> inputs) {
        private static final Set<String> IMAGES = Set.of("image/png", "image/jpeg", "image/gif", "image/webp");
        private static final long LARGEST_IMAGE = 4 << 20;

        public boolean any() {
            return !outputs.isEmpty() || !inputs.isEmpty();
        }

        /** True for an image that the page can show; none of these kinds can hold a script. */
        public boolean isImage(JobFile file) {
            return IMAGES.contains(file.mediaType()) && file.bytes() <= LARGEST_IMAGE;
        }
    }

    /**
     * The end of a log.
     *
     * @param lines the last lines
     * @param attempt only of this attempt, or null for all
     * @param cut whether there are more lines before
     */
    public record Log(List<LogLine> lines, Integer attempt, boolean cut) {
        /** True for the first line that is shown of an attempt, if the job had several. */
        public boolean begins(LogLine line, Job job) {
            return attempt == null && job.attempt() > 1 && LogView.begins(line, lines);
        }
    }

    public Job job() {
        return row.job();
    }

    /** True if an error ended it. A job that somebody cancelled keeps the error of an attempt before. */
    public boolean endedByError() {
        return job().endedByError();
    }

    /** True if somebody cancelled it. */
    public boolean isCancelled() {
        return job().status() == JobStatus.CANCELLED && !endedByError();
    }

    public boolean mayCancel() {
        return row.mayChange() && !job().status().isFinal();
    }

    public boolean mayRepeat() {
        return row.mayChange() && job().status().isFinal();
    }
}
