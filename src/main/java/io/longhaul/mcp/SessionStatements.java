package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Rpc;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on the sessions of legacy clients. They are kept in the database, so that all nodes know them and no restart ends them. */
interface SessionStatements {
    /** Begins a session. */
    @SqlUpdate("""
            INSERT INTO mcp_sessions (id, principal, protocol_version, shows_apps, capabilities)
            VALUES (:id, :principal, :version, :showsApps, :capabilities::json)
            """)
    void create(UUID id, String principal, String version, boolean showsApps, String capabilities);

    /** A session by its id. */
    @SqlQuery("""
            SELECT id, principal, protocol_version, log_level, shows_apps, capabilities::text AS capabilities,
                   seen_at < NOW() - INTERVAL '1 hour' AS stale
            FROM mcp_sessions
            WHERE id = :id
            """)
    @RegisterConstructorMapper(Session.class)
    Optional<Session> find(UUID id);

    /** Records the use of a session, at most once an hour. */
    @SqlUpdate("UPDATE mcp_sessions SET seen_at = NOW() WHERE id = :id AND seen_at < NOW() - INTERVAL '1 hour'")
    void touch(UUID id);

    /** Ends a session. */
    @SqlUpdate("DELETE FROM mcp_sessions WHERE id = :id")
    int delete(UUID id);

    /** Sets the least level of log lines that the session wants. */
    @SqlUpdate("UPDATE mcp_sessions SET log_level = :level WHERE id = :id")
    void setLogLevel(UUID id, String level);

    /** Subscribes the session to a resource; zero rows if it has too many subscriptions. */
    @SqlUpdate("""
            UPDATE mcp_sessions
            SET subscriptions = array_append(array_remove(subscriptions, :uri), :uri)
            WHERE id = :id AND (cardinality(subscriptions) < :most OR :uri = ANY (subscriptions))
            """)
    int subscribe(UUID id, String uri, int most);

    /** Ends a subscription. */
    @SqlUpdate("UPDATE mcp_sessions SET subscriptions = array_remove(subscriptions, :uri) WHERE id = :id")
    void unsubscribe(UUID id, String uri);

    /** The subscriptions of sessions; none for sessions that have ended. */
    @SqlQuery("""
            SELECT s.id, u.uri
            FROM mcp_sessions s LEFT JOIN LATERAL unnest(s.subscriptions) AS u (uri) ON true
            WHERE s.id = ANY (:ids::uuid[])
            """)
    @RegisterConstructorMapper(Subscription.class)
    List<Subscription> subscriptions(UUID[] ids);

    /** Records the job of a call, so that any node can cancel it. */
    @SqlUpdate("""
            INSERT INTO mcp_calls (session_id, request_id, job_id)
            SELECT s.id, :request, :job
            FROM mcp_sessions s
            WHERE s.id = :session
            ON CONFLICT (session_id, request_id) DO UPDATE
            SET job_id = excluded.job_id
            """)
    void addCall(UUID session, String request, UUID job);

    /** The job of a call. */
    @SqlQuery("SELECT job_id FROM mcp_calls WHERE session_id = :session AND request_id = :request")
    Optional<UUID> call(UUID session, String request);

    /** Deletes a call that has been answered. */
    @SqlUpdate("DELETE FROM mcp_calls WHERE session_id = :session AND request_id = :request AND job_id = :job")
    void removeCall(UUID session, String request, UUID job);

    /** Deletes calls whose jobs have ended or are gone: their clients have lost the stream, and none came back for the answer. */
    @SqlUpdate("""
            DELETE FROM mcp_calls
            WHERE (session_id, request_id) IN (
                SELECT c.session_id, c.request_id
                FROM mcp_calls c LEFT JOIN jobs j ON j.id = c.job_id
                WHERE j.id IS NULL OR j.status IN ('completed', 'failed', 'cancelled')
                LIMIT :limit
                FOR UPDATE OF c SKIP LOCKED)
            """)
    int removeEndedCalls(int limit);

    /** Deletes sessions that have not been used for some days. */
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
     * @param id random, so it cannot be guessed
     * @param principal owner of the session, or null without authentication
     * @param protocolVersion agreed revision
     * @param logLevel least level of log lines that it wants, or null
     * @param showsApps whether its client shows pages of servers
     * @param capabilities capabilities by which its client can be asked something, as JSON, or null
     * @param stale true if its last use was recorded over an hour ago
     */
    record Session(
            UUID id,
            String principal,
            String protocolVersion,
            String logLevel,
            boolean showsApps,
            String capabilities,
            boolean stale) {
        /** What its client can be asked. */
        JsonNode abilities() {
            return capabilities == null ? Rpc.object() : Json.parse(capabilities);
        }
    }

    /**
     * A resource that a session has subscribed to.
     *
     * @param id id of the session
     * @param uri URI of the resource; null for a session without subscriptions
     */
    record Subscription(UUID id, String uri) {}
}
