package io.longhaul.auth;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on keys, which are stored as hashes only. */
public interface KeyStatements {
    /** Stores a key. The role is in lower case; null means valid for ever, and null means all tools. */
    @SqlUpdate("""
            INSERT INTO api_keys (id, name, hash, role, expires_at, tools)
            VALUES (:id, :name, :hash, :role, NOW() + :seconds * INTERVAL '1 second', :tools::text[])
            """)
    void create(String id, String name, String hash, String role, Long seconds, String[] tools);

    /** All keys, the newest first. */
    @SqlQuery("""
            SELECT id, name, role, tools, created_at, expires_at, revoked_at, last_used_at
            FROM api_keys
            ORDER BY created_at DESC, id
            """)
    @RegisterConstructorMapper(KnownKey.class)
    List<KnownKey> list();

    /**
     * Revokes a key.
     *
     * @return 0 if there is none, or it is already revoked
     */
    @SqlUpdate("""
            UPDATE api_keys
            SET revoked_at = NOW()
            WHERE id = :id
              AND revoked_at IS NULL
            """)
    int revoke(String id);

    /** Finds a key by its id. */
    @SqlQuery("""
            SELECT name, hash, role, tools, revoked_at IS NOT NULL AS revoked,
                   CAST(EXTRACT(EPOCH FROM expires_at - NOW()) * 1000 AS BIGINT) AS remaining_millis
            FROM api_keys
            WHERE id = :id
            """)
    @RegisterConstructorMapper(StoredKey.class)
    Optional<StoredKey> find(String id);

    /** Those of the ids whose keys count now. */
    @SqlQuery("""
            SELECT id
            FROM api_keys
            WHERE id = ANY (:ids)
              AND revoked_at IS NULL
              AND (expires_at IS NULL OR expires_at > NOW())
            """)
    List<String> valid(String[] ids);

    /** Whether any key counts now. */
    @SqlQuery("""
            SELECT EXISTS (
                SELECT
                FROM api_keys
                WHERE revoked_at IS NULL
                  AND (expires_at IS NULL OR expires_at > NOW()))
            """)
    boolean any();

    /** Records that a key is used, to the minute. */
    @SqlUpdate("""
            UPDATE api_keys
            SET last_used_at = NOW()
            WHERE id = :id
              AND (last_used_at IS NULL OR last_used_at < NOW() - INTERVAL '1 minute')
            """)
    void used(String id);

    /**
     * A key in lists. Its tools are null for all; {@code expiresAt} and {@code revokedAt} may be null;
     * {@code lastUsedAt} is exact to the minute, and null for never.
     */
    record KnownKey(
            String id,
            String name,
            String role,
            List<String> tools,
            Instant createdAt,
            Instant expiresAt,
            Instant revokedAt,
            Instant lastUsedAt) {}

    /**
     * A key to check. Its tools are null for all; {@code remainingMillis} is counted by the database's clock, and null
     * for ever.
     */
    record StoredKey(
            String name, String hash, String role, List<String> tools, boolean revoked, Long remainingMillis) {}
}
