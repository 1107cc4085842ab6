package io.longhaul.streams;

/** A node serves as many streams as it can. */
public final class TooManyStreamsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyStreamsException() {
        // Expected and answered: a stack trace would cost more than the request.
        super("This node serves as many event streams as it can. Try again shortly.", null, false, false);
    }
}
