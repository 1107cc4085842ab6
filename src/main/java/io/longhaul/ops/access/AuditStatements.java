package io.longhaul.ops.access;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on the log of operators' actions. */
public interface AuditStatements {
    /**
     * Records an action.
     *
     * @param action without any secret
     * @param status of the answer; 0 for a command
     * @param traceId the request's trace, or null
     */
    @SqlUpdate("""
            INSERT INTO audit_log (principal, action, status, trace_id)
            VALUES (:principal, :action, :status, :traceId)
            """)
    void add(String principal, String action, int status, String traceId);

    /**
     * A page of actions, the newest first.
     *
     * @param before returns only smaller ids
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
     * Removes old actions; ids rise with time, so the first are the oldest.
     *
     * @return the number removed
     */
    @SqlUpdate("""
            DELETE FROM audit_log
            WHERE id IN (SELECT a.id FROM audit_log a ORDER BY a.id LIMIT :limit)
              AND at < NOW() - :days * INTERVAL '1 day'
            """)
    int removeOld(int days, int limit);

    /**
     * An action of an operator.
     *
     * @param id rises with time
     * @param at time of the action
     * @param principal who acted
     * @param action description
     * @param status of the answer; 0 for a command
     * @param traceId the request's trace, or null
     */
    record Action(long id, Instant at, String principal, String action, int status, String traceId) {}
}
