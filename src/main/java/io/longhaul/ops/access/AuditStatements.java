package io.longhaul.ops.access;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Keeps what operators did. */
public interface AuditStatements {
    /**
     * Notes an action.
     *
     * @param principal who
     * @param action what, without any secret
     * @param status what it was answered; 0 for a command
     * @param traceId the request's trace, or null
     */
    @SqlUpdate("""
            INSERT INTO audit_log (principal, action, status, trace_id)
            VALUES (:principal, :action, :status, :traceId)
            """)
    void add(String principal, String action, int status, String traceId);

    /**
     * A page of actions.
     *
     * @param before only those with a smaller id
     * @param limit how many at most
     * @return the newest first
     */
    @SqlQuery("""
            SELECT id, at, principal, action, status, trace_id
            FROM audit_log
            WHERE id < :before
            ORDER BY id DESC
            LIMIT :limit
            """)
    @RegisterConstructorMapper(Action.class)
    List<Action> list(long before, int limit);

    /**
     * Removes old ones; ids follow time, so the first are the oldest.
     *
     * @param days how long they are kept
     * @param limit how many at most
     * @return how many were removed
     */
    @SqlUpdate("""
            DELETE FROM audit_log
            WHERE id IN (SELECT a.id FROM audit_log a ORDER BY a.id LIMIT :limit)
              AND at < NOW() - :days * INTERVAL '1 day'
            """)
    int removeOld(int days, int limit);

    /**
     * What an operator did.
     *
     * @param id rises with time
     * @param at when
     * @param principal who
     * @param action what
     * @param status what it was answered; 0 for a command
     * @param traceId the request's trace, or null
     */
    record Action(long id, Instant at, String principal, String action, int status, String traceId) {}
}
