package io.longhaul.api.jobs;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.List;
import java.util.UUID;

/**
 * A part of a job's log, oldest line first.
 *
 * @param jobId the job
 * @param lines the part
 * @param nextAfter send it as {@code after} to continue; works later, too, when more lines have been written
 * @param nextBefore send it as {@code before}, with {@code last}, for what comes before
 * @param complete true if there are no further lines in this direction now
 */
@JsonNaming(SnakeCaseStrategy.class)
public record JobLog(UUID jobId, List<Line> lines, long nextAfter, long nextBefore, boolean complete) {
    /**
     * A line.
     *
     * @param lineNo ascending within a job, with gaps
     * @param attempt the attempt that wrote it
     * @param loggedAt time at which it was read from the tool
     * @param line the text
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Line(long lineNo, int attempt, String loggedAt, String line) {
        public static Line of(LogLine l) {
            return new Line(l.lineNo(), l.attempt(), Times.iso(l.loggedAt()), l.line());
        }
    }

    static JobLog of(UUID jobId, LogReader.Part part) {
        return new JobLog(
                jobId, part.lines().stream().map(Line::of).toList(), part.highest(), part.lowest(), part.complete());
    }
}
