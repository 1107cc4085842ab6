package io.longhaul.callbacks;

import io.longhaul.tools.Callbacks;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callback addresses in the database: a server may post to any node, and an address outlives the node that waits for
 * it.
 */
public final class StoredCallbacks implements Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.callbacks");

    /** Upper bound on the delay of a body that was posted to another node; costs one index query per waiting call. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final int TOKEN_BYTES = 24;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{" + TOKEN_BYTES * 4 / 3 + "}");

    private final Jdbi jdbi;
    private final Supplier<String> publicUrl;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Semaphore> waiting = new ConcurrentHashMap<>();

    /**
     * Creates the service.
     *
     * @param publicUrl URL of this server for other hosts, such as {@code https://jobs.example.org}
     */
    public StoredCallbacks(Jdbi jdbi, Supplier<String> publicUrl) {
        this.jdbi = jdbi;
        this.publicUrl = publicUrl;
    }

    @Override
    public Address open(String jobId, int attempt) {
        try {
            jdbi.useExtension(CallbackStatements.class, CallbackStatements::removeExpired);
            String token = open(UUID.fromString(jobId), attempt);
            return new StoredAddress(token, attempt);
        } catch (JdbiException e) {
            throw new IllegalStateException("No address for the callback: the database does not answer.", e);
        }
    }

    private String open(UUID job, int attempt) {
        return jdbi.inTransaction(handle -> {
            CallbackStatements statements = handle.attach(CallbackStatements.class);
            statements.removeEnded(job, attempt).ifPresent(statements::removeBodies);
            return statements.open(newToken(), job, attempt);
        });
    }

    /**
     * Tells whether a call may still be waiting at an address.
     *
     * @param token the last part of its URL, or anything
     */
    public boolean isOpen(String token) {
        return TOKEN.matcher(token).matches() && run(statements -> statements.isOpen(token));
    }

    /**
     * Takes a body that was posted to an address.
     *
     * @param token the last part of its URL
     * @param body a JSON object that can be stored
     * @return false if there is no such address, or no longer
     */
    public boolean post(String token, String body) {
        boolean kept = run(statements -> statements.keep(token, body)) > 0;
        Semaphore here = waiting.get(token);
        if (kept && here != null) {
            here.release();
        }
        return kept;
    }

    private <T> T run(Function<CallbackStatements, T> work) {
        return jdbi.withExtension(CallbackStatements.class, work::apply);
    }

    /** 192 random bits: the address alone gives the right to end the call. */
    private String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private final class StoredAddress implements Address {
        private final String token;
        private final int attempt;
        private final Semaphore news = new Semaphore(0);
        private long last;

        StoredAddress(String token, int attempt) {
            this.token = token;
            this.attempt = attempt;
            waiting.put(token, news);
        }

        @Override
        public String url() {
            return publicUrl.get() + "/v1/callbacks/" + token;
        }

        @Override
        public Optional<String> next(Duration longest) throws InterruptedException {
            long deadline = System.nanoTime() + longest.toNanos();
            while (true) {
                Optional<CallbackStatements.Message> message = look();
                if (message.isPresent()) {
                    last = message.get().id();
                    return message.map(CallbackStatements.Message::body);
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return Optional.empty();
                }
                news.tryAcquire(Math.min(left, LOOK.toNanos()), TimeUnit.NANOSECONDS);
            }
        }

        /** Ignores an outage of the database, so that it ends no call. */
        private Optional<CallbackStatements.Message> look() {
            try {
                return run(statements -> statements.next(token, last));
            } catch (JdbiException e) {
                LOG.debug("Could not look for callbacks", e);
                return Optional.empty();
            }
        }

        @Override
        public void leave() {
            waiting.remove(token, news);
        }

        @Override
        public void close() {
            leave();
            try {
                jdbi.useTransaction(handle -> {
                    CallbackStatements statements = handle.attach(CallbackStatements.class);
                    if (statements.close(token, attempt) > 0) {
                        statements.removeBodies(token);
                    }
                });
            } catch (JdbiException e) {
                // It expires.
                LOG.debug("Could not close an address", e);
            }
        }
    }
}
