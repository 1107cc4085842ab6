package io.longhaul.auth;

import io.longhaul.auth.KeyStatements.StoredKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks keys. The database's answer is kept for some seconds, so that requests need no query; a revocation takes
 * effect after that time.
 */
public final class ApiKeys {
    /** Maximum age of the database's answer: a revoked key works no longer than this. */
    public static final Duration HOLDS = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);

    /** Unknown keys are remembered as well, and someone may send many. */
    private static final int MOST = 10_000;

    private final KeyStatements statements;
    private final Map<String, Look> looks = new ConcurrentHashMap<>();

    /** The database's answer, and the times (by {@link System#nanoTime}) until which it counts and the key is valid. */
    private record Look(Optional<StoredKey> key, long holdsUntil, long validUntil) {}

    public ApiKeys(KeyStatements statements) {
        this.statements = statements;
    }

    /** The owner of a key; empty if the text is not a key, or the key was revoked or has expired. */
    public Optional<Principal> principal(String text) {
        return ApiKey.parse(text).flatMap(this::principal);
    }

    private Optional<Principal> principal(ApiKey key) {
        String hash = key.hash();
        return principal(key.id(), stored -> equal(stored, hash));
    }

    /**
     * The owner of the key with this id; empty if there is none, or the key was revoked or has expired.
     *
     * @param proven tells whether the sender has proved, against the stored hash, to have the key
     */
    Optional<Principal> principal(String id, Predicate<String> proven) {
        Look look = looks.get(id);
        long now = System.nanoTime();
        if (look == null || now - look.holdsUntil() >= 0) {
            look = look(id, proven);
        }
        if (now - look.validUntil() >= 0) {
            return Optional.empty();
        }
        return look.key().filter(stored -> proven.test(stored.hash())).map(ApiKeys::principal);
    }

    private static Principal principal(StoredKey stored) {
        return new Principal(
                stored.name(),
                Role.valueOf(stored.role().toUpperCase(Locale.ROOT)),
                stored.tools() == null ? null : Set.copyOf(stored.tools()));
    }

    private Look look(String id, Predicate<String> proven) {
        Optional<StoredKey> found = statements
                .find(id)
                // Reserved names never belong to a key, even if the table says so.
                .filter(stored -> !stored.revoked() && !Principal.isReserved(stored.name()));
        if (found.filter(stored -> proven.test(stored.hash())).isPresent()) {
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

    /** Recording the use must not fail a request: a database that takes no writes can still be read. */
    private void used(String id) {
        try {
            statements.used(id);
        } catch (JdbiException e) {
            LOG.debug("The use of key {} was not noted", id, e);
        }
    }

    /** Takes the same time wherever the texts differ. */
    private static boolean equal(String stored, String sent) {
        return MessageDigest.isEqual(
                stored.getBytes(StandardCharsets.US_ASCII), sent.getBytes(StandardCharsets.US_ASCII));
    }
}
