package io.longhaul.mcp;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Keeps the sessions of the legacy era, so that every node knows them and a restart ends none. */
interface SessionStatements {
    /** Begins a session. */
    @SqlUpdate("""
            INSERT INTO mcp_sessions (id, principal, protocol_version)
            VALUES (:id, :principal, :version)
            """)
    void create(UUID id, String principal, String version);

    /** A session by its id. */
    @SqlQuery("""
            SELECT id, principal, protocol_version, log_level, seen_at < NOW() - INTERVAL '1 hour' AS stale
            FROM mcp_sessions
            WHERE id = :id
            """)
    @RegisterConstructorMapper(Session.class)
    Optional<Session> find(UUID id);

    /** Notes that a session is used; once an hour is enough. */
    @SqlUpdate("UPDATE mcp_sessions SET seen_at = NOW() WHERE id = :id AND seen_at < NOW() - INTERVAL '1 hour'")
    void touch(UUID id);

    /** Ends a session. */
    @SqlUpdate("DELETE FROM mcp_sessions WHERE id = :id")
    int delete(UUID id);

    /** Sets from which level on the session wants log lines. */
    @SqlUpdate("UPDATE mcp_sessions SET log_level = :level WHERE id = :id")
    void setLogLevel(UUID id, String level);

    /** Adds a resource of whose changes the session wants to hear; zero rows if it has too many. */
    @SqlUpdate("""
            UPDATE mcp_sessions
            SET subscriptions = array_append(array_remove(subscriptions, :uri), :uri)
            WHERE id = :id AND (cardinality(subscriptions) < :most OR :uri = ANY (subscriptions))
            """)
    int subscribe(UUID id, String uri, int most);

    /** Removes one. */
    @SqlUpdate("UPDATE mcp_sessions SET subscriptions = array_remove(subscriptions, :uri) WHERE id = :id")
    void unsubscribe(UUID id, String uri);

    /** What sessions have subscribed to; sessions that have ended are not among them. */
    @SqlQuery("""
            SELECT s.id, u.uri
            FROM mcp_sessions s LEFT JOIN LATERAL unnest(s.subscriptions) AS u (uri) ON true
            WHERE s.id = ANY (:ids::uuid[])
            """)
    @RegisterConstructorMapper(Subscription.class)
    List<Subscription> subscriptions(UUID[] ids);

    /** Keeps which job a call waits for, so that any node can call it off. */
    @SqlUpdate("""
            INSERT INTO mcp_calls (session_id, request_id, job_id)
            SELECT s.id, :request, :job
            FROM mcp_sessions s
            WHERE s.id = :session
            ON CONFLICT (session_id, request_id) DO UPDATE
            SET job_id = excluded.job_id
            """)
    void addCall(UUID session, String request, UUID job);

    /** The job that a call waits for. */
    @SqlQuery("SELECT job_id FROM mcp_calls WHERE session_id = :session AND request_id = :request")
    Optional<UUID> call(UUID session, String request);

    /** Forgets a call that has been answered. */
    @SqlUpdate("DELETE FROM mcp_calls WHERE session_id = :session AND request_id = :request AND job_id = :job")
    void removeCall(UUID session, String request, UUID job);

    /** Removes sessions that nobody has used for long. */
    @SqlUpdate("""
            DELETE FROM mcp_sessions
            WHERE id IN (
                SELECT s.id
                FROM mcp_sessions s
                WHERE s.seen_at < NOW() - :days * INTERVAL '1 day'
                ORDER BY s.seen_at
                LIMIT :limit
                FOR UPDATE SKIP LOCKED)
            """)
    int removeIdle(int days, int limit);

    /**
     * A session.
     *
     * @param id random, so that it cannot be guessed
     * @param principal whose it is, or null for anybody's
     * @param protocolVersion that was agreed on
     * @param logLevel from which it wants log lines, or null
     * @param stale whether its last use was noted long ago
     */
    record Session(UUID id, String principal, String protocolVersion, String logLevel, boolean stale) {}

    /**
     * A resource that a session has subscribed to.
     *
     * @param id of the session
     * @param uri of the resource; null for a session without any
     */
    record Subscription(UUID id, String uri) {}
}
