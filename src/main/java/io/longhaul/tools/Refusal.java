package io.longhaul.tools;

import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;

/** A call is not begun; carries the failure that says why. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ToolResult failure;

    /**
     * With what is wrong.
     *
     * @param kind why
     * @param message what is wrong and what cures it; shown to users
     */
    public Refusal(FailureKind kind, String message) {
        super(message, null, false, false);
        failure = ToolResult.failure(kind, message);
    }

    /**
     * With a failure.
     *
     * @param failure what the call came to
     */
    public Refusal(ToolResult.Failure failure) {
        super(failure.message(), null, false, false);
        this.failure = failure;
    }

    /**
     * What the call came to.
     *
     * @return the failure
     */
    public ToolResult failure() {
        return failure;
    }
}
