package io.longhaul.workers.remote;

/** A worker is not known, or no longer holds the job it reports on; its report is dropped. */
public final class LeaseLostException extends Exception {
    private static final long serialVersionUID = 1;

    LeaseLostException(String message) {
        // Expected and answered: a stack trace would cost more than the request.
        super(message, null, false, false);
    }
}
