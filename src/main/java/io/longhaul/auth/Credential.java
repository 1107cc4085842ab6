package io.longhaul.auth;

import jakarta.servlet.ServletRequest;
import java.time.Instant;

/**
 * What proved who sent a request. It is looked at again as long as the answer goes on.
 *
 * @param key id of the key, or null for a token of the provider
 * @param until time of its end, or null if only the table of keys tells it
 */
public record Credential(String key, Instant until) {
    private static final String ATTRIBUTE = Credential.class.getName();

    /** Parts of the session of a key: its id, the end and the signature. */
    private static final int PARTS_OF_KEY = 3;

    /** The credential in a session of the console that has been accepted. */
    public static Credential ofSession(String session) {
        String[] parts = session.split("\\.", -1);
        return new Credential(
                parts.length == PARTS_OF_KEY ? parts[0] : null,
                Instant.ofEpochSecond(Long.parseLong(parts[parts.length - 2])));
    }

    /** Records this as the credential of a request. */
    public void on(ServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** The credential of a request, or null if it needed none. */
    static Credential of(ServletRequest request) {
        return (Credential) request.getAttribute(ATTRIBUTE);
    }
}
