package io.longhaul.jobs;

import java.time.Instant;
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
    @RegisterRowMapper(JobStateMapper.class)
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
