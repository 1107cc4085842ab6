package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Rows that housekeeping failed on. They are left aside for a while, longer each time, so that they hold up no others. */
public interface Quarantine {
    /**
     * Sets a row aside, or sets it aside for longer: a minute after the first failure, twice as long after each further
     * one, a day at most.
     *
     * @param task the piece of housekeeping
     * @param row its id
     * @param error what went wrong
     */
    @SqlUpdate("""
            INSERT INTO quarantined_rows AS q (task, row_id, failures, error, until)
            VALUES (:task, :row, 1, :error, NOW() + INTERVAL '1 min')
            ON CONFLICT (task, row_id) DO UPDATE
            SET failures = q.failures + 1, error = EXCLUDED.error,
                until = NOW() + LEAST(INTERVAL '1 day', INTERVAL '1 min' * 2 ^ LEAST(q.failures, 11))
            """)
    void add(@Bind("task") String task, @Bind("row") UUID row, @Bind("error") String error);

    /**
     * Rows that are to be tried again.
     *
     * @param task the piece of housekeeping
     * @param limit at most so many
     * @return their ids
     */
    @SqlQuery("""
            SELECT row_id
            FROM quarantined_rows
            WHERE task = :task AND until < NOW()
            LIMIT :limit
            """)
    List<UUID> due(@Bind("task") String task, @Bind("limit") int limit);

    /**
     * Lets a row go, because it went well or is gone.
     *
     * @param task the piece of housekeeping
     * @param row its id
     */
    @SqlUpdate("DELETE FROM quarantined_rows WHERE task = :task AND row_id = :row")
    void release(@Bind("task") String task, @Bind("row") UUID row);

    /**
     * Rows that are set aside.
     *
     * @param limit at most so many
     * @return those with the most failures first
     */
    @SqlQuery("""
            SELECT task, row_id, failures, error, until
            FROM quarantined_rows
            ORDER BY failures DESC, task, row_id
            LIMIT :limit
            """)
    @RegisterConstructorMapper(Row.class)
    List<Row> list(@Bind("limit") int limit);

    /**
     * A row that is set aside.
     *
     * @param task the piece of housekeeping that failed on it
     * @param rowId its id
     * @param failures how often
     * @param error what went wrong the last time
     * @param until when it is tried again
     */
    record Row(String task, UUID rowId, int failures, String error, Instant until) {}
}
