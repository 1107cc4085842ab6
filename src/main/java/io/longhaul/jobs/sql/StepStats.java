package io.longhaul.jobs.sql;

import io.longhaul.jobs.sql.JobStats.Figures;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Reads statistics in steps, one row for each step in which anything happened, in order. */
public interface StepStats {
    /** What adds up the {@code figures} of each step. */
    String BY_STEP = """
            SELECT to_timestamp(floor(date_part('epoch', s.at) / :seconds) * :seconds) AS at,\s""" + FigureSums.SUMS + """
            FROM figures s
            GROUP BY 1
            ORDER BY 1
            """;

    /** All tools together: minutes up to the first whole hour and from the last one on, and hours between. */
    @SqlQuery("""
            WITH figures AS (
                SELECT m.at AS at, m.submitted, m.completed, m.failed, m.cancelled, m.wait_ms, m.run_ms, m.waits, m.runs
                FROM job_totals m
                WHERE m.span = 60 AND m.at >= :from AND m.at < :firstHour
                UNION ALL
                SELECT m.at AS at, m.submitted, m.completed, m.failed, m.cancelled, m.wait_ms, m.run_ms, m.waits, m.runs
                FROM job_totals m
                WHERE m.span = 3600 AND m.at >= :firstHour AND m.at < :lastHour
                UNION ALL
                SELECT m.at AS at, m.submitted, m.completed, m.failed, m.cancelled, m.wait_ms, m.run_ms, m.waits, m.runs
                FROM job_totals m
                WHERE m.span = 60 AND m.at >= :lastHour AND m.at < :to
            )
            """ + BY_STEP)
    @RegisterConstructorMapper(Figures.class)
    List<Figures> ofAll(
            OffsetDateTime from, OffsetDateTime firstHour, OffsetDateTime lastHour, OffsetDateTime to, int seconds);

    /** The same of one tool. */
    @SqlQuery("""
            WITH figures AS (
                SELECT m.minute AS at, m.submitted, m.completed, m.failed, m.cancelled, m.wait_ms, m.run_ms, m.waits::bigint[], m.runs::bigint[]
                FROM job_stats m
                WHERE m.minute >= :from AND m.minute < :firstHour AND m.tool_name = :tool
                UNION ALL
                SELECT m.hour AS at, m.submitted, m.completed, m.failed, m.cancelled, m.wait_ms, m.run_ms, m.waits, m.runs
                FROM job_stats_hours m
                WHERE m.hour >= :firstHour AND m.hour < :lastHour AND m.tool_name = :tool
                UNION ALL
                SELECT m.minute AS at, m.submitted, m.completed, m.failed, m.cancelled, m.wait_ms, m.run_ms, m.waits::bigint[], m.runs::bigint[]
                FROM job_stats m
                WHERE m.minute >= :lastHour AND m.minute < :to AND m.tool_name = :tool
            )
            """ + BY_STEP)
    @RegisterConstructorMapper(Figures.class)
    List<Figures> ofTool(
            String tool,
            OffsetDateTime from,
            OffsetDateTime firstHour,
            OffsetDateTime lastHour,
            OffsetDateTime to,
            int seconds);

    /**
     * A span of time and the length of its steps.
     *
     * @param from inclusive
     * @param to exclusive
     * @param seconds length of a step, whole minutes
     */
    record Span(Instant from, Instant to, int seconds) {
        private static final int HOUR = 3_600;

        /** The steps of a tool, or of all together if it is null. */
        public List<Figures> read(StepStats stats, String tool) {
            Instant last = to.truncatedTo(ChronoUnit.HOURS);
            Instant first = from.plusSeconds(HOUR).minusNanos(1).truncatedTo(ChronoUnit.HOURS);
            boolean hasHours = seconds % HOUR == 0 && first.isBefore(last);
            OffsetDateTime firstHour = time(hasHours ? first : to);
            OffsetDateTime lastHour = time(hasHours ? last : to);
            return tool == null
                    ? stats.ofAll(time(from), firstHour, lastHour, time(to), seconds)
                    : stats.ofTool(tool, time(from), firstHour, lastHour, time(to), seconds);
        }

        private static OffsetDateTime time(Instant at) {
            return at.atOffset(ZoneOffset.UTC);
        }
    }
}
