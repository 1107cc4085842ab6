package io.longhaul.jobs.sql;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statistics per minute and tool, computed once the minute is over. */
public interface JobStats {
    /**
     * Bounds of the histograms in milliseconds: 1, 3, 10, 30 and so on up to about eleven days. The last of the
     * 20 counts holds the values above the last bound.
     */
    List<Long> BOUNDS = List.of(
            1L,
            3L,
            10L,
            30L,
            100L,
            300L,
            1_000L,
            3_000L,
            10_000L,
            30_000L,
            100_000L,
            300_000L,
            1_000_000L,
            3_000_000L,
            10_000_000L,
            30_000_000L,
            100_000_000L,
            300_000_000L,
            1_000_000_000L);

    /** The last minute that was computed, or nothing at first. */
    @SqlQuery("SELECT max(minute) FROM job_stats WHERE tool_name = ''")
    Optional<Instant> done();

    /** The last minute that can be computed, because nothing of it can still become visible. */
    @SqlQuery("""
            SELECT date_trunc('minute', LEAST(NOW() - INTERVAL '15 s',\s""" + JobFeed.UNCONFIRMED + """
            )) - INTERVAL '1 min'
            """)
    Instant latest();

    /**
     * Computes the statistics of some minutes, replacing those that exist, and returns the number of rows.
     *
     * @param from the first minute
     * @param to the minute after the last one
     * @param bounds {@link #BOUNDS}
     */
    // Both parts read an index of times once: a busy minute has hundreds of thousands of jobs. A minute without jobs
    // has no row. A job that never began has no times: GREATEST would make zeros of them.
    @SqlUpdate("""
            WITH accepted AS (
                SELECT date_trunc('minute', j.created_at) AS minute, j.tool_name, count(*) AS jobs
                FROM jobs j
                WHERE j.created_at >= :from AND j.created_at < :to
                GROUP BY 1, 2
            ), ended AS MATERIALIZED (
                SELECT date_trunc('minute', j.completed_at) AS minute, j.tool_name, j.status,
                       CASE WHEN j.started_at IS NOT NULL
                            THEN GREATEST(0, EXTRACT(EPOCH FROM j.started_at - GREATEST(j.created_at, j.run_at)) * 1000)
                       END::bigint AS wait,
                       CASE WHEN j.started_at IS NOT NULL
                            THEN GREATEST(0, EXTRACT(EPOCH FROM j.completed_at - j.started_at) * 1000)
                       END::bigint AS run
                FROM jobs j
                WHERE j.completed_at IS NOT NULL AND j.completed_at >= :from AND j.completed_at < :to
            ), figures AS (
                SELECT e.minute, e.tool_name,
                       count(*) FILTER (WHERE e.status = 'completed') AS completed,
                       count(*) FILTER (WHERE e.status = 'failed') AS failed,
                       count(*) FILTER (WHERE e.status = 'cancelled') AS cancelled,
                       COALESCE(sum(e.wait), 0) AS wait_ms, COALESCE(sum(e.run), 0) AS run_ms
                FROM ended e
                GROUP BY 1, 2
            ), waits AS MATERIALIZED (
                SELECT e.minute, e.tool_name, width_bucket(e.wait - 1, :bounds::bigint[]) AS place, count(*)::int AS jobs
                FROM ended e
                GROUP BY 1, 2, 3
            ), runs AS MATERIALIZED (
                SELECT e.minute, e.tool_name, width_bucket(e.run - 1, :bounds::bigint[]) AS place, count(*)::int AS jobs
                FROM ended e
                GROUP BY 1, 2, 3
            ), counts AS (
                SELECT f.minute, f.tool_name,
                       ARRAY(SELECT COALESCE((SELECT w.jobs FROM waits w WHERE w.minute = f.minute AND w.tool_name = f.tool_name AND w.place = p.place), 0)
                             FROM generate_series(0, cardinality(:bounds::bigint[])) AS p (place)
                             ORDER BY p.place) AS waits,
                       ARRAY(SELECT COALESCE((SELECT r.jobs FROM runs r WHERE r.minute = f.minute AND r.tool_name = f.tool_name AND r.place = p.place), 0)
                             FROM generate_series(0, cardinality(:bounds::bigint[])) AS p (place)
                             ORDER BY p.place) AS runs
                FROM figures f
            )
            INSERT INTO job_stats (minute, tool_name, submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs)
            SELECT minute, tool_name, COALESCE(a.jobs, 0), COALESCE(f.completed, 0), COALESCE(f.failed, 0),
                   COALESCE(f.cancelled, 0), COALESCE(f.wait_ms, 0), COALESCE(f.run_ms, 0),
                   COALESCE(c.waits, '{}'), COALESCE(c.runs, '{}')
            FROM accepted a
            FULL JOIN figures f USING (minute, tool_name)
            LEFT JOIN counts c USING (minute, tool_name)
            ON CONFLICT (minute, tool_name)\s""" + FigureSums.REPLACE)
    int make(OffsetDateTime from, OffsetDateTime to, Long[] bounds);

    /** Stores the last computed minute instead of any other, and deletes statistics older than so many days. */
    @SqlUpdate("""
            WITH told AS (
                INSERT INTO job_stats (minute, tool_name)
                VALUES (:minute, '')
                ON CONFLICT (minute, tool_name) DO NOTHING
            )
            DELETE FROM job_stats
            WHERE (tool_name = '' AND minute <> :minute) OR minute < :minute - make_interval(days => :days)
            """)
    void doneUpTo(OffsetDateTime minute, int days);

    /**
     * Statistics of a step.
     *
     * @param at its begin
     * @param submitted accepted jobs
     * @param completed jobs that ended well
     * @param failed jobs that failed
     * @param cancelled jobs that were cancelled
     * @param waitMs milliseconds that the ended jobs had waited for a worker, in total; like the next three, of those that
     *     began
     * @param runMs milliseconds that their last attempts took, in total
     * @param waits histogram of the waits by {@link #BOUNDS}; empty if no job ended
     * @param runs histogram of the running times
     */
    record Figures(
            Instant at,
            long submitted,
            long completed,
            long failed,
            long cancelled,
            long waitMs,
            long runMs,
            List<Long> waits,
            List<Long> runs) {}
}
