package io.longhaul.callbacks;

import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The SQL of callbacks. */
interface CallbackStatements {
    /** True if the call for which an address was opened has ended, by an attempt that was not just lost. */
    String ENDED = """
            EXISTS (
                SELECT
                FROM job_attempts a
                WHERE a.job_id = c.job_id AND a.attempt >= c.attempt
                  AND a.error_code NOT IN ('WORKER_LOST', 'GIVEN_BACK', 'WAITING_FOR_INPUT'))""";

    /** The address of a call that may still be waiting. */
    String OPEN = """

            FROM tool_callbacks c JOIN jobs j ON j.id = c.job_id AND j.status::text IN ('pending', 'running')
            WHERE c.token = :token AND c.expires_at > NOW() AND NOT
            """ + ENDED;

    /** Removes the address of a call that has ended and could not close it: it must not take or hear for a later attempt. */
    @SqlQuery("""
            DELETE FROM tool_callbacks c
            WHERE c.job_id = :job AND c.attempt < :attempt AND
            """ + ENDED + """

            RETURNING token""")
    Optional<String> removeEnded(UUID job, int attempt);

    /** Opens the address of a job, or hands the open one to a later attempt. */
    @SqlQuery("""
            INSERT INTO tool_callbacks AS c (token, job_id, attempt, expires_at)
            VALUES (:token, :job, :attempt, NOW() + INTERVAL '30 days')
            ON CONFLICT (job_id) DO UPDATE
            SET attempt = GREATEST(c.attempt, excluded.attempt), expires_at = excluded.expires_at
            RETURNING token""")
    String open(String token, UUID job, int attempt);

    /** Tells whether a call may still be waiting at an address; served by the primary key. */
    @SqlQuery("""
            SELECT EXISTS (
                SELECT 1""" + OPEN + ")")
    boolean isOpen(String token);

    /**
     * Stores a body if a call may still be waiting for it. The lock comes before the id is drawn: bodies of one address are
     * committed in the order of their ids, so that a reader who asks for those after the last one misses none.
     */
    @SqlUpdate("""
            WITH address AS MATERIALIZED (
                SELECT c.token""" + OPEN + """

                FOR UPDATE OF c)
            INSERT INTO tool_callback_messages (token, body)
            SELECT token, :body
            FROM address""")
    int keep(String token, String body);

    /** The next body after one that was read; served by idx_tool_callback_messages_token. */
    @SqlQuery("""
            SELECT id, body
            FROM tool_callback_messages
            WHERE token = :token AND id > :after
            ORDER BY id
            LIMIT 1""")
    @RegisterConstructorMapper(Message.class)
    Optional<Message> next(String token, long after);

    /** Closes an address, unless a later attempt has taken it over; waits for the body that is being stored. */
    @SqlUpdate("""
            DELETE FROM tool_callbacks
            WHERE token = :token AND attempt = :attempt""")
    int close(String token, int attempt);

    /** Removes the bodies of an address; a statement of its own, because it must see what came while the close waited. */
    @SqlUpdate("""
            DELETE FROM tool_callback_messages
            WHERE token = :token""")
    void removeBodies(String token);

    /** Removes some expired addresses, which were never closed: those of cancelled jobs. */
    @SqlUpdate("""
            WITH expired AS (
                DELETE FROM tool_callbacks
                WHERE token IN (
                    SELECT token
                    FROM tool_callbacks
                    WHERE expires_at <= NOW()
                    ORDER BY expires_at
                    LIMIT 100
                    FOR UPDATE SKIP LOCKED)
                RETURNING token)
            DELETE FROM tool_callback_messages m
            USING expired e
            WHERE m.token = e.token""")
    void removeExpired();

    /**
     * A body that was posted.
     *
     * @param id greater for later ones
     * @param body a JSON object
     */
    record Message(long id, String body) {}
}
