package io.longhaul.jobs.sql;

import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Define;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Reads a log between two line numbers, both excluded, in the order of its index, and stops when it has enough. {@link
 * #readInOrder} must run first in the transaction.
 */
public interface LogQueries {
    /** Reads the primary key forward. */
    String FORWARD = "ASC";

    /** Reads it backward. */
    String BACKWARD = "DESC";

    /**
     * Keeps the planner from sorting. It knows the usual length of a log and not that of this one: for a long log among
     * short ones it would read and sort all lines to show the first.
     */
    @SqlUpdate("""
            SELECT set_config('enable_sort', 'off', TRUE), set_config('enable_bitmapscan', 'off', TRUE),
                   set_config('enable_seqscan', 'off', TRUE), set_config('statement_timeout', '2s', TRUE)
            """)
    void readInOrder();

    /** The number of the next line; null if there is none. */
    @SqlQuery("""
            SELECT l.line_no
            FROM job_logs l
            WHERE l.job_id = :id AND l.line_no > :after AND l.line_no < :before
            ORDER BY l.line_no <direction>
            LIMIT 1
            """)
    Long next(@Define("direction") String direction, UUID id, long after, long before);

    /**
     * The next lines that are wanted.
     *
     * @param attempt only of this attempt, or null for all
     * @param text only lines with this text, in upper or lower case; empty for all
     * @param errors only lines with a word of errors
     */
    // Each line is folded once, and only if a text is looked for; OFFSET 0 keeps that apart from the conditions, which
    // name
    // it several times.
    @SqlQuery("""
            SELECT f.line_no, f.attempt, f.logged_at, f.line
            FROM (
                SELECT l.line_no, l.attempt, l.logged_at, l.line,
                       CASE WHEN :errors OR :text <> '' THEN lower(l.line) ELSE '' END AS folded
                FROM job_logs l
                WHERE l.job_id = :id AND l.line_no > :after AND l.line_no < :before
                  AND (:attempt::int IS NULL OR l.attempt = :attempt::int)
                ORDER BY l.line_no <direction>
                OFFSET 0
            ) f
            WHERE strpos(f.folded, (SELECT lower(:text))) > 0
              AND (NOT :errors OR strpos(f.folded, 'error') > 0 OR strpos(f.folded, 'exception') > 0
                   OR strpos(f.folded, 'fail') > 0 OR strpos(f.folded, 'fatal') > 0 OR strpos(f.folded, 'panic') > 0
                   OR strpos(f.folded, 'traceback') > 0 OR strpos(f.folded, 'killed') > 0)
            ORDER BY f.line_no <direction>
            LIMIT :limit
            """)
    @RegisterConstructorMapper(LogLine.class)
    List<LogLine> lines(
            @Define("direction") String direction,
            UUID id,
            long after,
            long before,
            Integer attempt,
            String text,
            boolean errors,
            int limit);
}
