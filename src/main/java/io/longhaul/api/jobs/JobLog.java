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
 */
@JsonNaming(SnakeCaseStrategy.class)
public record JobLog(UUID jobId, List<Line> lines, long nextAfter) {
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

    public static JobLog of(UUID jobId, List<LogLine> found, long after) {
        List<Line> lines = found.stream().map(Line::of).toList();
        return new JobLog(
                jobId,
                lines,
                lines.isEmpty() ? after : lines.get(lines.size() - 1).lineNo());
    }
}
