package io.longhaul.jobs.sql;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.QueryTimeOut;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * Groups failed jobs by what went wrong. A null tool or principal stands for all; no index can serve these conditions
 * as they are written, so that the one of the failures is read whatever the statistics say.
 */
public interface FailureQueries {
    /** What counts the failures that {@code recent} holds, with {@code all_jobs} read for it from {@code scanned}. */
    String COUNT = """
            , latest AS (
                SELECT failure, max(completed_at) AS last_at
                FROM recent
                GROUP BY failure
                ORDER BY last_at DESC, failure
                LIMIT :groups
            )
            SELECT r.failure, r.tool_name AS tool,
                   floor(EXTRACT(EPOCH FROM r.completed_at - :since) / :step)::int AS step, count(*) AS jobs,
                   min(r.completed_at) AS first_at, max(r.completed_at) AS last_at,
            """;

    /**
     * The failures of a span, counted by group, tool and step; the newest so many of them.
     *
     * @param step length of a step in seconds
     * @param counted most jobs that are read
     * @param groups most groups, those that failed last
     */
    // The order is that of the index, for the planner alone.
    @SqlQuery("""
            WITH recent AS MATERIALIZED (
                SELECT j.failure, j.tool_name, j.completed_at
                FROM jobs j
                WHERE j.failure IS NOT NULL AND j.completed_at >= :since AND j.completed_at < :until AND NULLIF(
                      j.tool_name IS NOT DISTINCT FROM COALESCE(:tool, j.tool_name)
                      AND j.principal IS NOT DISTINCT FROM COALESCE(:principal, j.principal),
                      FALSE) IS NOT NULL
                ORDER BY j.completed_at DESC, j.failure DESC
                LIMIT :counted
            )
            """ + COUNT + """
                   (SELECT count(*) FROM recent) AS all_jobs
            FROM recent r JOIN latest l ON l.failure = r.failure
            GROUP BY r.failure, r.tool_name, 3
            """)
    @QueryTimeOut(5)
    @RegisterConstructorMapper(Counted.class)
    List<Counted> counted(
            OffsetDateTime since,
            OffsetDateTime until,
            String tool,
            String principal,
            double step,
            int counted,
            int groups);

    /**
     * As {@link #counted}, of the failures whose error has a text, in upper or lower case. Their rows are read, too.
     *
     * @param error the text
     */
    @SqlQuery("""
            WITH scanned AS MATERIALIZED (
                SELECT j.failure, j.tool_name, j.completed_at, strpos(lower(j.error_message), lower(:error)) > 0 AS has
                FROM jobs j
                WHERE j.failure IS NOT NULL AND j.completed_at >= :since AND j.completed_at < :until AND NULLIF(
                      j.tool_name IS NOT DISTINCT FROM COALESCE(:tool, j.tool_name)
                      AND j.principal IS NOT DISTINCT FROM COALESCE(:principal, j.principal),
                      FALSE) IS NOT NULL
                ORDER BY j.completed_at DESC, j.failure DESC
                LIMIT :counted
            ), recent AS (
                SELECT failure, tool_name, completed_at
                FROM scanned
                WHERE has
            )
            """ + COUNT + """
                   (SELECT count(*) FROM scanned) AS all_jobs
            FROM recent r JOIN latest l ON l.failure = r.failure
            GROUP BY r.failure, r.tool_name, 3
            """)
    @QueryTimeOut(5)
    @RegisterConstructorMapper(Counted.class)
    List<Counted> countedWith(
            String error,
            OffsetDateTime since,
            OffsetDateTime until,
            String tool,
            String principal,
            double step,
            int counted,
            int groups);

    /**
     * Failed jobs of one group, tool and step.
     *
     * @param failure the group
     * @param tool the tool
     * @param step index of the step, 0 for the first
     * @param jobs their number
     * @param firstAt the first end
     * @param lastAt the last end
     * @param allJobs number of failed jobs of all groups that were read
     */
    record Counted(String failure, String tool, int step, long jobs, Instant firstAt, Instant lastAt, long allJobs) {}

    /**
     * The newest job of each group that ended in a span, and where the newest twenty ran. Of these twenty it is the
     * newest one whose error has a text, if there is one.
     *
     * @param failures the groups
     * @param counts how many jobs of each are known to be in the span: no more are looked for
     * @param error the text; empty if every error will do
     */
    // Each of these rows is a page of the table, which may have to be read from the disk. PostgreSQL thinks that
    // nearly all rows meet a condition of this form. If it knew that few do, it would read and sort all of a group.
    @SqlQuery("""
            SELECT g.failure, s.*
            FROM unnest(:failures::text[], :counts::bigint[]) AS g (failure, jobs)
            CROSS JOIN LATERAL (
                SELECT (array_agg(r.id ORDER BY r.has DESC, r.created_at DESC))[1] AS job_id,
                       (array_agg(r.error_code::text ORDER BY r.has DESC, r.created_at DESC))[1] AS error_code,
                       (array_agg(left(r.error_message, 1000) ORDER BY r.has DESC, r.created_at DESC))[1] AS message,
                       array_agg(DISTINCT r.node_name::text) FILTER (WHERE r.node_name IS NOT NULL) AS nodes,
                       array_agg(DISTINCT r.tool_version::text) FILTER (WHERE r.tool_version IS NOT NULL) AS tool_versions
                FROM (
                    SELECT j.id, j.created_at, j.error_code, j.error_message, j.node_name, j.tool_version,
                           COALESCE(strpos(lower(j.error_message), lower(:error)) > 0, FALSE) AS has
                    FROM jobs j
                    WHERE j.failure = g.failure AND NULLIF(
                          j.completed_at >= :since AND j.completed_at < :until
                          AND j.tool_name IS NOT DISTINCT FROM COALESCE(:tool, j.tool_name)
                          AND j.principal IS NOT DISTINCT FROM COALESCE(:principal, j.principal),
                          FALSE) IS NOT NULL
                    ORDER BY j.created_at DESC
                    LIMIT LEAST(20, g.jobs)
                ) r
            ) s
            WHERE s.job_id IS NOT NULL
            """)
    @QueryTimeOut(5)
    @RegisterConstructorMapper(Sample.class)
    List<Sample> samples(
            String[] failures,
            long[] counts,
            OffsetDateTime since,
            OffsetDateTime until,
            String tool,
            String principal,
            String error);

    /**
     * The newest job of a group.
     *
     * @param failure the group
     * @param jobId the job
     * @param errorCode its error
     * @param message its error for people, at most 1,000 characters of it
     * @param nodes nodes on which the newest jobs of the group ran, or null
     * @param toolVersions versions of their tools, or null
     */
    record Sample(
            String failure,
            UUID jobId,
            String errorCode,
            String message,
            List<String> nodes,
            List<String> toolVersions) {}
}
