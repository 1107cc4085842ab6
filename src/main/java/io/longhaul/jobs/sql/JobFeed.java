package io.longhaul.jobs.sql;

import io.longhaul.jobs.JobChange;
import io.longhaul.jobs.JobState;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Reads what all clients that follow jobs want to know, in one statement for all of them. */
public interface JobFeed {
    /** What a change shows of a job {@code j}. */
    String SHOWN = """
             j.id, j.tool_name, j.status, j.attempt, j.priority, j.trace_id, j.created_at, j.started_at,
                   j.completed_at, j.error_code, left(j.error_message, 8001) AS error_message, j.batch_id, j.schedule_id,
                   l.attempt AS leased_attempt, l.leased_at, COALESCE(n.name, j.node_name) AS node_name, q.asked, q.open""";

    /** The tables that {@link #SHOWN} reads beside the jobs. */
    String BESIDE = """
            LEFT JOIN job_leases l ON l.job_id = j.id
            LEFT JOIN nodes n ON n.id = l.node_id
            LEFT JOIN LATERAL (
                SELECT count(*) AS asked, count(*) FILTER (WHERE i.answered_at IS NULL AND i.expires_at > NOW()) AS open
                FROM job_inputs i
                WHERE i.job_id = j.id) q ON TRUE""";

    /**
     * The time before which no commit of this role waits for a synchronous standby, or NULL if none does. Nobody gives up
     * such a commit, and its changes become visible when it ends.
     */
    String UNCONFIRMED = """
            (SELECT min(w.xact_start) - INTERVAL '250 ms'
                        FROM pg_stat_activity w
                        WHERE w.datname = current_database() AND w.usename = current_user AND w.wait_event = 'SyncRep')""";

    /** The states of those of these jobs that exist. */
    // Look-ups by key, one after the other: as a join it might begin with whole tables.
    @SqlQuery("""
            SELECT s.*
            FROM unnest(:ids::uuid[]) AS d (id)
            CROSS JOIN LATERAL (
                SELECT j.id, j.status, j.attempt, j.awaits, j.completed_at, l.attempt AS leased_attempt,
                       p.fraction, p.message, p.updated_at,
                       CASE WHEN j.awaits > 0
                            THEN (SELECT max(w.not_before) FROM job_dependencies w WHERE w.job_id = j.id)
                            ELSE j.run_at END AS run_at, q.asked, q.open
                FROM jobs j
                LEFT JOIN job_leases l ON l.job_id = d.id
                LEFT JOIN job_progress p ON p.job_id = d.id
                LEFT JOIN LATERAL (
                    SELECT count(*) AS asked, count(*) FILTER (WHERE i.answered_at IS NULL AND i.expires_at > NOW()) AS open
                    FROM job_inputs i
                    WHERE i.job_id = d.id) q ON TRUE
                WHERE j.id = d.id
                OFFSET 0
            ) s
            """)
    @RegisterRowMapper(RowMappers.JobStateMapper.class)
    List<JobState> states(UUID[] ids);

    /**
     * The next log lines of jobs, in order, with the index of their reader in the arrays.
     *
     * @param ids jobs, one for each reader
     * @param afters line number after which each reader continues, 0 for the first line
     * @param limit lines for each reader at most
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
    List<ReadLine> lines(UUID[] ids, Long[] afters, int limit);

    /**
     * The time up to which all changes are visible: a change has the time at which its transaction began, and may
     * become visible after a later one. Returns a time before every open transaction of this role, but no longer ago
     * than PostgreSQL or the driver takes to give up on a statement. They do not give up on a commit that waits for a
     * synchronous standby.
     *
     * @param patience seconds until a statement is given up
     */
    // A quarter of a second, because a session reports a little late that a transaction has begun.
    @SqlQuery("""
            SELECT LEAST(
                       GREATEST(NOW() - make_interval(secs => :patience), LEAST(NOW(), min(a.xact_start)) - INTERVAL '250 ms'),
                       \s""" + UNCONFIRMED + """
                   )
            FROM pg_stat_activity a
            WHERE a.datname = current_database() AND a.usename = current_user AND a.backend_type = 'client backend'
              AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()
            """)
    Instant settled(int patience);

    /**
     * Jobs that were accepted, started, put back or ended after a position, or whose tools asked or were answered, in
     * the order of these changes, each with its current state. A job may occur several times.
     *
     * @param at time of the position
     * @param after of the jobs that changed at that very time, only those with a higher id
     */
    // Each part reads an index from the position on; only the leases, which are few, are read as a whole.
    @SqlQuery("""
            SELECT c.at,""" + SHOWN + """

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
                    UNION ALL
                    (SELECT i.job_id, COALESCE(i.answered_at, i.asked_at)
                     FROM job_inputs i
                     WHERE COALESCE(i.answered_at, i.asked_at) >= :at
                       AND (COALESCE(i.answered_at, i.asked_at), i.job_id) > (:at, :after)
                     ORDER BY COALESCE(i.answered_at, i.asked_at), i.job_id
                     LIMIT :limit)
                ) u
                ORDER BY u.at, u.id
                LIMIT :limit
            ) c
            JOIN jobs j ON j.id = c.id
            """ + BESIDE + """

            ORDER BY c.at, c.id
            """)
    @RegisterRowMapper(RowMappers.JobChangeMapper.class)
    List<JobChange> changes(OffsetDateTime at, UUID after, int limit);

    /**
     * Those of these jobs that wait without a lease, as changes of this moment. A claim that is returned leaves no trace
     * that {@link #changes} could read.
     */
    @SqlQuery("""
            SELECT NOW() AS at,""" + SHOWN + """

            FROM unnest(:ids::uuid[]) AS d (id)
            CROSS JOIN LATERAL (
                SELECT w.*
                FROM jobs w
                WHERE w.id = d.id AND w.status::text = 'pending'
                OFFSET 0) j
            """ + BESIDE + """

            WHERE l.job_id IS NULL
            """)
    @RegisterRowMapper(RowMappers.JobChangeMapper.class)
    List<JobChange> unleased(UUID[] ids);

    /**
     * A line of a job's log and its reader.
     *
     * @param place index of the reader
     * @param lineNo grows within a job, with gaps
     * @param attempt the attempt that wrote it
     * @param loggedAt when it was read from the tool
     * @param line the text
     */
    record ReadLine(int place, long lineNo, int attempt, Instant loggedAt, String line) {
        public JobQueries.LogLine asLogLine() {
            return new JobQueries.LogLine(lineNo, attempt, loggedAt, line);
        }
    }
}
