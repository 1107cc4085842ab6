package io.longhaul.jobs.sql;

import io.longhaul.jobs.sql.JobStats.Figures;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statistics per hour and tool, added up from those per minute: days of minutes are too many to be read for a page. */
public interface HourStats {
    /** Adds the minutes of an hour up, as far as they are computed, and forgets hours older than so many days. */
    @SqlUpdate("""
            WITH gone AS (
                DELETE FROM job_stats_hours
                WHERE hour < :hour::timestamptz - make_interval(days => :days)
            )
            INSERT INTO job_stats_hours (hour, tool_name, submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs)
            SELECT :hour::timestamptz, s.tool_name, sum(s.submitted), sum(s.completed), sum(s.failed), sum(s.cancelled),
                   sum(s.wait_ms), sum(s.run_ms),
                   ARRAY[COALESCE(sum(s.waits[1]), 0), COALESCE(sum(s.waits[2]), 0), COALESCE(sum(s.waits[3]), 0), COALESCE(sum(s.waits[4]), 0),
                         COALESCE(sum(s.waits[5]), 0), COALESCE(sum(s.waits[6]), 0), COALESCE(sum(s.waits[7]), 0), COALESCE(sum(s.waits[8]), 0),
                         COALESCE(sum(s.waits[9]), 0), COALESCE(sum(s.waits[10]), 0), COALESCE(sum(s.waits[11]), 0), COALESCE(sum(s.waits[12]), 0),
                         COALESCE(sum(s.waits[13]), 0), COALESCE(sum(s.waits[14]), 0), COALESCE(sum(s.waits[15]), 0), COALESCE(sum(s.waits[16]), 0),
                         COALESCE(sum(s.waits[17]), 0), COALESCE(sum(s.waits[18]), 0), COALESCE(sum(s.waits[19]), 0), COALESCE(sum(s.waits[20]), 0)],
                   ARRAY[COALESCE(sum(s.runs[1]), 0), COALESCE(sum(s.runs[2]), 0), COALESCE(sum(s.runs[3]), 0), COALESCE(sum(s.runs[4]), 0),
                         COALESCE(sum(s.runs[5]), 0), COALESCE(sum(s.runs[6]), 0), COALESCE(sum(s.runs[7]), 0), COALESCE(sum(s.runs[8]), 0),
                         COALESCE(sum(s.runs[9]), 0), COALESCE(sum(s.runs[10]), 0), COALESCE(sum(s.runs[11]), 0), COALESCE(sum(s.runs[12]), 0),
                         COALESCE(sum(s.runs[13]), 0), COALESCE(sum(s.runs[14]), 0), COALESCE(sum(s.runs[15]), 0), COALESCE(sum(s.runs[16]), 0),
                         COALESCE(sum(s.runs[17]), 0), COALESCE(sum(s.runs[18]), 0), COALESCE(sum(s.runs[19]), 0), COALESCE(sum(s.runs[20]), 0)]
            FROM job_stats s
            WHERE s.minute >= :hour::timestamptz AND s.minute < :hour::timestamptz + INTERVAL '1 h' AND s.tool_name <> ''
            GROUP BY s.tool_name
            ON CONFLICT (hour, tool_name) DO UPDATE
            SET submitted = EXCLUDED.submitted, completed = EXCLUDED.completed, failed = EXCLUDED.failed,
                cancelled = EXCLUDED.cancelled, wait_ms = EXCLUDED.wait_ms, run_ms = EXCLUDED.run_ms,
                waits = EXCLUDED.waits, runs = EXCLUDED.runs
            """)
    int make(OffsetDateTime hour, int days);

    /**
     * Statistics of a span, one row for each step in which anything happened, in order.
     *
     * @param from inclusive, on the hour
     * @param to exclusive; the hour that it is in counts as a whole
     * @param tool a tool, or null for all together
     * @param seconds length of a step, whole hours
     */
    @SqlQuery("""
            SELECT to_timestamp(floor(EXTRACT(EPOCH FROM s.hour) / :seconds) * :seconds) AS at,
                   sum(s.submitted) AS submitted, sum(s.completed) AS completed, sum(s.failed) AS failed,
                   sum(s.cancelled) AS cancelled, sum(s.wait_ms) AS wait_ms, sum(s.run_ms) AS run_ms,
                   ARRAY[COALESCE(sum(s.waits[1]), 0), COALESCE(sum(s.waits[2]), 0), COALESCE(sum(s.waits[3]), 0), COALESCE(sum(s.waits[4]), 0),
                         COALESCE(sum(s.waits[5]), 0), COALESCE(sum(s.waits[6]), 0), COALESCE(sum(s.waits[7]), 0), COALESCE(sum(s.waits[8]), 0),
                         COALESCE(sum(s.waits[9]), 0), COALESCE(sum(s.waits[10]), 0), COALESCE(sum(s.waits[11]), 0), COALESCE(sum(s.waits[12]), 0),
                         COALESCE(sum(s.waits[13]), 0), COALESCE(sum(s.waits[14]), 0), COALESCE(sum(s.waits[15]), 0), COALESCE(sum(s.waits[16]), 0),
                         COALESCE(sum(s.waits[17]), 0), COALESCE(sum(s.waits[18]), 0), COALESCE(sum(s.waits[19]), 0), COALESCE(sum(s.waits[20]), 0)]::bigint[] AS waits,
                   ARRAY[COALESCE(sum(s.runs[1]), 0), COALESCE(sum(s.runs[2]), 0), COALESCE(sum(s.runs[3]), 0), COALESCE(sum(s.runs[4]), 0),
                         COALESCE(sum(s.runs[5]), 0), COALESCE(sum(s.runs[6]), 0), COALESCE(sum(s.runs[7]), 0), COALESCE(sum(s.runs[8]), 0),
                         COALESCE(sum(s.runs[9]), 0), COALESCE(sum(s.runs[10]), 0), COALESCE(sum(s.runs[11]), 0), COALESCE(sum(s.runs[12]), 0),
                         COALESCE(sum(s.runs[13]), 0), COALESCE(sum(s.runs[14]), 0), COALESCE(sum(s.runs[15]), 0), COALESCE(sum(s.runs[16]), 0),
                         COALESCE(sum(s.runs[17]), 0), COALESCE(sum(s.runs[18]), 0), COALESCE(sum(s.runs[19]), 0), COALESCE(sum(s.runs[20]), 0)]::bigint[] AS runs
            FROM job_stats_hours s
            WHERE s.hour >= :from AND s.hour < :to AND (:tool::text IS NULL OR s.tool_name = :tool)
            GROUP BY 1
            ORDER BY 1
            """)
    @RegisterConstructorMapper(Figures.class)
    List<Figures> steps(OffsetDateTime from, OffsetDateTime to, String tool, int seconds);

    /** Ends of a span by tool and step, of hours. */
    @SqlQuery("""
            SELECT s.tool_name AS tool, to_timestamp(floor(EXTRACT(EPOCH FROM s.hour) / :seconds) * :seconds) AS at,
                   sum(s.completed) AS completed, sum(s.failed) AS failed, sum(s.cancelled) AS cancelled
            FROM job_stats_hours s
            WHERE s.hour >= :from AND s.hour < :to
            GROUP BY 1, 2
            """)
    @RegisterConstructorMapper(Ends.class)
    List<Ends> byTool(OffsetDateTime from, OffsetDateTime to, int seconds);

    /** Ends of a span by tool and minute. */
    @SqlQuery("""
            SELECT s.tool_name AS tool, s.minute AS at, s.completed, s.failed, s.cancelled
            FROM job_stats s
            WHERE s.minute >= :from AND s.minute < :to AND s.tool_name <> ''
            """)
    @RegisterConstructorMapper(Ends.class)
    List<Ends> byToolAndMinute(OffsetDateTime from, OffsetDateTime to);

    /**
     * Ended jobs of a tool in a step.
     *
     * @param tool the tool
     * @param at begin of the step
     * @param completed jobs that completed
     * @param failed jobs that failed
     * @param cancelled jobs that were cancelled
     */
    record Ends(String tool, Instant at, long completed, long failed, long cancelled) {}
}
