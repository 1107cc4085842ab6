package io.longhaul.jobs.intake;

/** The database failed before anything was written. */
public final class NotStoredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotStoredException(Throwable cause) {
        super(cause);
    }
}
