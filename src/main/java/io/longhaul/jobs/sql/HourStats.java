package io.longhaul.jobs.sql;

import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statistics per hour and tool, added up from those per minute: days of minutes are too many to be read for a page. */
public interface HourStats {
    /** What counts the {@code steps} of the tools, and leaves those with the most ended jobs. */
    String BUSIEST = """
            SELECT t.tool, sum(t.jobs) AS ended, sum(t.failed) AS failed,
                   array_agg(t.step) AS steps, array_agg(t.jobs)::bigint[] AS jobs
            FROM steps t
            GROUP BY t.tool
            ORDER BY 2 DESC, t.tool
            LIMIT :tools
            """;

    /** Adds the minutes of an hour up, as far as they are computed, and forgets hours older than so many days. */
    @SqlUpdate("""
            WITH gone AS (
                DELETE FROM job_stats_hours
                WHERE hour < :hour::timestamptz - make_interval(days => :days)
            )
            INSERT INTO job_stats_hours (hour, tool_name,\s""" + FigureSums.COLUMNS + """
            )
            SELECT :hour::timestamptz, s.tool_name,\s""" + FigureSums.SUMS + """
            FROM job_stats s
            WHERE s.minute >= :hour::timestamptz AND s.minute < :hour::timestamptz + INTERVAL '1 h' AND s.tool_name <> ''
            GROUP BY s.tool_name
            ON CONFLICT (hour, tool_name)\s""" + FigureSums.REPLACE)
    int make(OffsetDateTime hour, int days);

    /**
     * The busiest tools of a span, of hours.
     *
     * @param from inclusive, on the hour
     * @param seconds length of a step, whole hours
     * @param tools most tools
     */
    @SqlQuery("""
            WITH steps AS (
                SELECT s.tool_name AS tool, floor(date_part('epoch', s.hour - :from) / :seconds)::int AS step,
                       sum(s.completed + s.failed + s.cancelled) AS jobs, sum(s.failed) AS failed
                FROM job_stats_hours s
                WHERE s.hour >= :from AND s.hour < :to
                GROUP BY 1, 2
            )
            """ + BUSIEST)
    @RegisterConstructorMapper(Busy.class)
    List<Busy> busiest(OffsetDateTime from, OffsetDateTime to, int seconds, int tools);

    /** The busiest tools of a span, of minutes. */
    @SqlQuery("""
            WITH steps AS (
                SELECT s.tool_name AS tool, floor(date_part('epoch', s.minute - :from) / 60)::int AS step,
                       s.completed + s.failed + s.cancelled AS jobs, s.failed
                FROM job_stats s
                WHERE s.minute >= :from AND s.minute < :to AND s.tool_name <> ''
            )
            """ + BUSIEST)
    @RegisterConstructorMapper(Busy.class)
    List<Busy> busiestByMinute(OffsetDateTime from, OffsetDateTime to, int tools);

    /**
     * A tool in a span.
     *
     * @param tool the tool
     * @param ended jobs that ended
     * @param failed those of them that failed
     * @param steps the steps in which any ended, 0 for the first, in no order
     * @param jobs their numbers
     */
    record Busy(String tool, long ended, long failed, List<Integer> steps, List<Long> jobs) {}
}
