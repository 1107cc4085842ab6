package io.longhaul.ops.access;

import io.longhaul.ops.access.KeyStatements.StoredKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks keys. What the database says of one holds for some seconds, so that requests pay no query; a revocation takes
 * effect after as many.
 */
public final class ApiKeys {
    /** How long a look holds: a revoked key works no longer than this. */
    public static final Duration HOLDS = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);

    /** Keys that were never made are remembered as well, and somebody may send many. */
    private static final int MOST = 10_000;

    private final KeyStatements statements;
    private final Map<String, Look> looks = new ConcurrentHashMap<>();

    /** What the database said, and until when (by {@link System#nanoTime}) that holds and the key is valid. */
    private record Look(Optional<StoredKey> key, long holdsUntil, long validUntil) {}

    /**
     * Wires it.
     *
     * @param statements reads keys
     */
    public ApiKeys(KeyStatements statements) {
        this.statements = statements;
    }

    /**
     * Whose key it is.
     *
     * @param text what a client sent
     * @return empty if it is no key, or was revoked or has expired
     */
    public Optional<Principal> principal(String text) {
        return ApiKey.parse(text).flatMap(this::principal);
    }

    private Optional<Principal> principal(ApiKey key) {
        String hash = key.hash();
        Look look = looks.get(key.id());
        long now = System.nanoTime();
        if (look == null || now - look.holdsUntil() >= 0) {
            look = look(key.id(), hash);
        }
        if (now - look.validUntil() >= 0) {
            return Optional.empty();
        }
        return look.key().filter(stored -> equal(stored.hash(), hash)).map(ApiKeys::principal);
    }

    private static Principal principal(StoredKey stored) {
        return new Principal(
                stored.name(),
                Role.valueOf(stored.role().toUpperCase(Locale.ROOT)),
                stored.tools() == null ? null : Set.copyOf(stored.tools()));
    }

    private Look look(String id, String hash) {
        Optional<StoredKey> found = statements
                .find(id)
                // A name that means somebody else cannot be had by a key, however it came into the table.
                .filter(stored -> !stored.revoked() && !Principal.isReserved(stored.name()));
        if (found.filter(stored -> equal(stored.hash(), hash)).isPresent()) {
            used(id);
        }
        long now = System.nanoTime();
        Long remaining = found.map(StoredKey::remainingMillis).orElse(null);
        long valid = remaining == null ? HOLDS.toNanos() * 2 : Math.min(remaining, HOLDS.toMillis() * 2) * 1_000_000;
        Look look = new Look(found, now + HOLDS.toNanos(), now + valid);
        if (looks.size() >= MOST) {
            looks.clear();
        }
        looks.put(id, look);
        return look;
    }

    /** Noting it is not worth a request: a database that takes no writes can still be read. */
    private void used(String id) {
        try {
            statements.used(id);
        } catch (JdbiException e) {
            LOG.debug("The use of key {} was not noted", id, e);
        }
    }

    /** Takes the same time wherever they differ. */
    private static boolean equal(String stored, String sent) {
        return MessageDigest.isEqual(
                stored.getBytes(StandardCharsets.US_ASCII), sent.getBytes(StandardCharsets.US_ASCII));
    }
}
