package io.longhaul.database.embedded;

/** The embedded PostgreSQL cannot serve. The message is one line with cause and cure. */
public final class EmbeddedPostgresException extends RuntimeException {
    EmbeddedPostgresException(String problem, String cure) {
        this(problem, cure, null);
    }

    EmbeddedPostgresException(String problem, String cure, Throwable cause) {
        super((problem + ": " + cure).replaceAll("\\s*[\\r\\n]+\\s*", " "), cause);
    }
}
