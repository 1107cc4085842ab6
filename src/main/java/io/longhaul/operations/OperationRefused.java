package io.longhaul.operations;

import java.util.UUID;

/** An operation that cannot begin; nothing was stored. */
public final class OperationRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why it cannot begin. */
    public enum Reason {
        /** Too many operations of the same principal have not ended. */
        TOO_MANY,
        /** The idempotency key began another operation. */
        KEY_REUSED
    }

    private OperationRefused(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static OperationRefused tooMany(int most) {
        return new OperationRefused(
                Reason.TOO_MANY,
                most
                        + " of your operations have not ended, and more may not run at once. Wait for one of them, or stop one"
                        + " with POST /v1/operations/{id}/cancel; GET /v1/operations lists them.");
    }

    static OperationRefused keyReused(UUID operation) {
        return new OperationRefused(
                Reason.KEY_REUSED,
                "The idempotency key was used for operation " + operation
                        + " of another kind or filter. Send the same again to get that one, or use a new key.");
    }

    public Reason reason() {
        return reason;
    }
}
