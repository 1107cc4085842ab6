package io.longhaul.jobs.sql;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statistics of all tools together, per minute and hour: with hundreds of tools those of each are too many to be added up for a page. */
public interface TotalStats {
    /**
     * The first minute that has no totals yet; nothing if nothing is computed. Programs of lower levels compute minutes
     * without totals.
     */
    @SqlQuery("""
            SELECT COALESCE((SELECT max(t.at) + INTERVAL '1 min' FROM job_totals t WHERE t.span = 60),
                            (SELECT min(s.minute) FROM job_stats s WHERE s.tool_name <> ''))
            """)
    Optional<Instant> next();

    /** Adds up the tools of each minute of a span. */
    @SqlUpdate("""
            INSERT INTO job_totals (span, at,\s""" + FigureSums.COLUMNS + """
            )
            SELECT 60, s.minute,\s""" + FigureSums.SUMS + """
            FROM job_stats s
            WHERE s.minute >= :from AND s.minute < :to AND s.tool_name <> ''
            GROUP BY s.minute
            ON CONFLICT (span, at)\s""" + FigureSums.REPLACE)
    int minutes(OffsetDateTime from, OffsetDateTime to);

    /** Adds up the minutes of each hour of a span of whole hours. */
    @SqlUpdate("""
            INSERT INTO job_totals (span, at,\s""" + FigureSums.COLUMNS + """
            )
            SELECT 3600, date_trunc('hour', s.at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC',\s""" + FigureSums.SUMS + """
            FROM job_totals s
            WHERE s.span = 60 AND s.at >= :from AND s.at < :to
            GROUP BY 2
            ON CONFLICT (span, at)\s""" + FigureSums.REPLACE)
    int hours(OffsetDateTime from, OffsetDateTime to);

    /** Deletes totals of earlier times. */
    @SqlUpdate("DELETE FROM job_totals WHERE span IN (60, 3600) AND at < :before")
    void forget(OffsetDateTime before);
}
