package io.longhaul.auth;

import java.io.IOException;
import java.security.Key;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of a provider. They are fetched when the first token comes, when they are old, and when a token names
 * an unknown key; but at most once a minute, even if strangers send many made-up tokens. (The library's own
 * {@code HttpsJwks} asks a provider that is down again for each request, while the others wait.)
 */
final class ProviderKeys {
    /** Maximum time for which a key that the provider has withdrawn is used. */
    static final Duration HOLD = Duration.ofMinutes(10);

    /** Minimum time between two fetches. */
    static final Duration PAUSE = Duration.ofMinutes(1);

    /** Maximum age of keys that cannot be fetched again. */
    static final Duration LAST = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(ProviderKeys.class);

    /** Maximum time for which a request waits while another one fetches. */
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private final ProviderKeySource source;
    private final LongSupplier clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile Known known;
    private Attempt last;

    private record Known(List<JsonWebKey> keys, long at) {}

    private record Attempt(long at, boolean failed) {}

    /** @param clock nanoseconds, such as {@link System#nanoTime} */
    ProviderKeys(ProviderKeySource source, LongSupplier clock) {
        this.source = source;
        this.clock = clock;
    }

    /** The keys cannot be fetched, so it is not known if the provider has this key. */
    static final class Unknown extends UnresolvableKeyException {
        private static final long serialVersionUID = 1L;

        Unknown() {
            super("The keys of the provider cannot be fetched");
        }
    }

    /**
     * The key that verifies a token.
     *
     * @throws Unknown if it may be a key that cannot be fetched at the moment
     * @throws UnresolvableKeyException if the provider has no such key
     */
    Key resolve(JsonWebSignature token, List<JsonWebStructure> nested) throws UnresolvableKeyException {
        if (isOlderThan(HOLD)) {
            // Other threads continue with the old keys meanwhile.
            fetch(Duration.ZERO);
        }
        Optional<Key> key = find(token, nested);
        if (key.isPresent()) {
            return key.get();
        }
        boolean fresh = fetch(PATIENCE);
        key = find(token, nested);
        if (key.isEmpty() && !fresh) {
            throw new Unknown();
        }
        return key.orElseThrow(() -> new UnresolvableKeyException("The provider has no such key"));
    }

    private boolean isOlderThan(Duration age) {
        Known now = known;
        return now == null || clock.getAsLong() - now.at() > age.toNanos();
    }

    private Optional<Key> find(JsonWebSignature token, List<JsonWebStructure> nested) {
        if (isOlderThan(LAST)) {
            return Optional.empty();
        }
        JwksVerificationKeyResolver keys = new JwksVerificationKeyResolver(known.keys());
        // For tokens that do not name their key.
        keys.setDisambiguateWithVerifySignature(true);
        try {
            return Optional.of(keys.resolveKey(token, nested));
        } catch (UnresolvableKeyException e) {
            return Optional.empty();
        }
    }

    /** Fetches the keys, unless that was done a moment ago; true if the known keys are the provider's current ones. */
    private boolean fetch(Duration patience) {
        try {
            if (!fetching.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            if (last == null || clock.getAsLong() - last.at() >= PAUSE.toNanos()) {
                long begun = clock.getAsLong();
                last = new Attempt(begun, !read(begun));
            }
            return !last.failed();
        } finally {
            fetching.unlock();
        }
    }

    private boolean read(long now) {
        try {
            known = new Known(List.copyOf(new JsonWebKeySet(source.read()).getJsonWebKeys()), now);
            return true;
        } catch (IOException | JoseException | RuntimeException e) {
            LOG.warn(
                    "The keys of the OpenID provider cannot be had from {} ({}). Tokens are judged by the keys of before,"
                            + " if at all. Check auth.oidc.jwks, and that this machine reaches it.",
                    source,
                    e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            return false;
        }
    }
}
