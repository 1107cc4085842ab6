package io.longhaul.auth;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on the log of operators' actions. */
public interface AuditStatements {
    /**
     * Records an action, described without any secret. The status of a command is 0; the request's trace may be null.
     */
    @SqlUpdate("""
            INSERT INTO audit_log (principal, action, status, trace_id)
            VALUES (:principal, :action, :status, :traceId)
            """)
    void add(String principal, String action, int status, String traceId);

    /** A page of actions with ids below the given one, the newest first. */
    @SqlQuery("""
            SELECT id, at, principal, action, status, trace_id
            FROM audit_log
            WHERE id < :before
            ORDER BY id DESC
            LIMIT :limit
            """)
    @RegisterConstructorMapper(Action.class)
    List<Action> list(long before, int limit);

    /** Removes old actions, and returns their number; ids rise with time, so the first are the oldest. */
    @SqlUpdate("""
            DELETE FROM audit_log
            WHERE id IN (SELECT a.id FROM audit_log a ORDER BY a.id LIMIT :limit)
              AND at < NOW() - :days * INTERVAL '1 day'
            """)
    int removeOld(int days, int limit);

    /** An action of an operator; its status is 0 for a command, its trace may be null. */
    record Action(long id, Instant at, String principal, String action, int status, String traceId) {}
}
