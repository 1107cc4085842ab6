package io.longhaul.ops.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Keeps keys, of which it knows the hashes only. */
public interface KeyStatements {
    /**
     * Stores a key.
     *
     * @param id its id
     * @param name whose it is
     * @param hash its hash
     * @param role what it may
     * @param seconds how long it is valid, or null for ever
     * @param tools the only tools that it may use, or null for all
     */
    @SqlUpdate("""
            INSERT INTO api_keys (id, name, hash, role, expires_at, tools)
            VALUES (:id, :name, :hash, :role, NOW() + :seconds * INTERVAL '1 second', :tools::text[])
            """)
    void create(String id, String name, String hash, String role, Long seconds, String[] tools);

    /**
     * All keys.
     *
     * @return the newest first
     */
    @SqlQuery("""
            SELECT id, name, role, tools, created_at, expires_at, revoked_at, last_used_at
            FROM api_keys
            ORDER BY created_at DESC, id
            """)
    @RegisterConstructorMapper(KnownKey.class)
    List<KnownKey> list();

    /**
     * Ends a key.
     *
     * @param id its id
     * @return 0 if there is none, or it is revoked already
     */
    @SqlUpdate("""
            UPDATE api_keys
            SET revoked_at = NOW()
            WHERE id = :id
              AND revoked_at IS NULL
            """)
    int revoke(String id);

    /**
     * What is known of a key.
     *
     * @param id its id
     * @return empty if there is none
     */
    @SqlQuery("""
            SELECT name, hash, role, tools, revoked_at IS NOT NULL AS revoked,
                   CAST(EXTRACT(EPOCH FROM expires_at - NOW()) * 1000 AS BIGINT) AS remaining_millis
            FROM api_keys
            WHERE id = :id
            """)
    @RegisterConstructorMapper(StoredKey.class)
    Optional<StoredKey> find(String id);

    /**
     * Notes that a key is used; a minute is precise enough.
     *
     * @param id its id
     */
    @SqlUpdate("""
            UPDATE api_keys
            SET last_used_at = NOW()
            WHERE id = :id
              AND (last_used_at IS NULL OR last_used_at < NOW() - INTERVAL '1 minute')
            """)
    void used(String id);

    /**
     * A key as lists show it.
     *
     * @param id its id
     * @param name whose it is
     * @param role what it may
     * @param tools the only tools that it may use, or null for all
     * @param createdAt when it was made
     * @param expiresAt until when it is valid, or null
     * @param revokedAt when it was ended, or null
     * @param lastUsedAt when it was used last, to the minute; null for never
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
     * A key as it is checked.
     *
     * @param name whose it is
     * @param hash of the key
     * @param role what it may
     * @param tools the only tools that it may use, or null for all
     * @param revoked whether it was ended
     * @param remainingMillis how long it is valid by the database's clock; null for ever
     */
    record StoredKey(
            String name, String hash, String role, List<String> tools, boolean revoked, Long remainingMillis) {}
}
