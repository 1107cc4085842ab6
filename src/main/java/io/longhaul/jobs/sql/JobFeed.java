package io.longhaul.jobs.sql;

import io.longhaul.jobs.JobChange;
import io.longhaul.jobs.JobState;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Reads what many who watch jobs want to know, in one statement for all of them. */
public interface JobFeed {
    /**
     * How jobs stand.
     *
     * @param ids jobs
     * @return their states; none for those that do not exist
     */
    // Look-ups by key, one after the other: as a join it might begin with whole tables.
    @SqlQuery("""
            SELECT s.*
            FROM unnest(:ids::uuid[]) AS d (id)
            CROSS JOIN LATERAL (
                SELECT j.id, j.status, j.attempt, j.awaits, j.completed_at, l.attempt AS leased_attempt,
                       p.fraction, p.message, p.updated_at,
                       CASE WHEN j.awaits > 0
                            THEN (SELECT max(w.not_before) FROM job_dependencies w WHERE w.job_id = j.id)
                            ELSE j.run_at END AS run_at
                FROM jobs j
                LEFT JOIN job_leases l ON l.job_id = d.id
                LEFT JOIN job_progress p ON p.job_id = d.id
                WHERE j.id = d.id
                OFFSET 0
            ) s
            """)
    @RegisterRowMapper(RowMappers.JobStateMapper.class)
    List<JobState> states(@Bind("ids") UUID[] ids);

    /**
     * The next log lines of jobs.
     *
     * @param ids jobs, one for each that reads
     * @param afters line numbers after which each reads on, 0 for the first
     * @param limit at most so many lines for each
     * @return the lines, with the place of their reader in the arrays, from 0; in their order for each
     */
    @SqlQuery("""
            SELECT d.place - 1 AS place, s.line_no, s.attempt, s.logged_at, s.line
            FROM unnest(:ids::uuid[], :afters::bigint[]) WITH ORDINALITY AS d (id, line_no, place)
            CROSS JOIN LATERAL (
                SELECT l.line_no, l.attempt, l.logged_at, l.line
                FROM job_logs l
                WHERE l.job_id = d.id AND l.line_no > d.line_no
                ORDER BY l.line_no
                LIMIT :limit
            ) s
            ORDER BY d.place, s.line_no
            """)
    @RegisterConstructorMapper(ReadLine.class)
    List<ReadLine> lines(@Bind("ids") UUID[] ids, @Bind("afters") Long[] afters, @Bind("limit") int limit);

    /**
     * Up to when all changes are visible: a change bears the time at which its transaction began, and may become visible
     * after a later one.
     *
     * @return before every transaction of ours that may still be open, but ten seconds ago at the earliest: that is when
     *     PostgreSQL or the driver gives up on a statement of ours
     */
    // A quarter of a second, because a session says a little late that a transaction has begun.
    @SqlQuery("""
            SELECT GREATEST(NOW() - INTERVAL '10 s', LEAST(NOW(), min(a.xact_start)) - INTERVAL '250 ms')
            FROM pg_stat_activity a
            WHERE a.datname = current_database() AND a.usename = current_user AND a.backend_type = 'client backend'
              AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()
            """)
    Instant settled();

    /**
     * Jobs that were accepted, begun, put back or ended after a place, each as it stands now. A job may be there several
     * times.
     *
     * @param at time of the place
     * @param after of the jobs that changed at that very time, only those with a higher id
     * @param limit at most so many
     * @return in the order of their places
     */
    // Each part walks along an index from the place on; only the leases, which are few, are read through.
    @SqlQuery("""
            SELECT c.at, j.id, j.tool_name, j.status, j.attempt, j.priority, j.trace_id, j.created_at, j.started_at,
                   j.completed_at, j.error_code, j.error_message, j.batch_id, j.schedule_id,
                   l.attempt AS leased_attempt, l.leased_at, COALESCE(n.name, j.node_name) AS node_name
            FROM (
                SELECT u.id, u.at
                FROM (
                    (SELECT j.id, j.created_at AS at
                     FROM jobs j
                     WHERE j.created_at >= :at AND (j.created_at, j.id) > (:at, :after)
                     ORDER BY j.created_at, j.id
                     LIMIT :limit)
                    UNION ALL
                    (SELECT j.id, j.completed_at
                     FROM jobs j
                     WHERE j.completed_at IS NOT NULL AND j.completed_at >= :at AND (j.completed_at, j.id) > (:at, :after)
                     ORDER BY j.completed_at, j.id
                     LIMIT :limit)
                    UNION ALL
                    (SELECT b.job_id, b.leased_at
                     FROM job_leases b
                     WHERE b.leased_at >= :at AND (b.leased_at, b.job_id) > (:at, :after)
                     ORDER BY b.leased_at, b.job_id
                     LIMIT :limit)
                    UNION ALL
                    (SELECT a.job_id, a.ended_at
                     FROM job_attempts a
                     WHERE a.ended_at >= :at AND (a.ended_at, a.job_id) > (:at, :after)
                     ORDER BY a.ended_at, a.job_id
                     LIMIT :limit)
                ) u
                ORDER BY u.at, u.id
                LIMIT :limit
            ) c
            JOIN jobs j ON j.id = c.id
            LEFT JOIN job_leases l ON l.job_id = c.id
            LEFT JOIN nodes n ON n.id = l.node_id
            ORDER BY c.at, c.id
            """)
    @RegisterRowMapper(RowMappers.JobChangeMapper.class)
    List<JobChange> changes(@Bind("at") OffsetDateTime at, @Bind("after") UUID after, @Bind("limit") int limit);

    /**
     * A line of a job's log.
     *
     * @param place whose it is
     * @param lineNo grows within a job, with gaps
     * @param attempt the attempt that wrote it
     * @param loggedAt when it was read from the tool
     * @param line the text
     */
    record ReadLine(int place, long lineNo, int attempt, Instant loggedAt, String line) {
        /**
         * The line itself.
         *
         * @return without the place
         */
        public JobQueries.LogLine asLogLine() {
            return new JobQueries.LogLine(lineNo, attempt, loggedAt, line);
        }
    }
}
