package io.longhaul.tools;

import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;

/** Ends a call; carries the failure that its job is told. */
public final class CallFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ToolResult.Failure result;

    /**
     * A failure of a kind that decides by itself whether another attempt follows.
     *
     * @param message what is wrong and what cures it; shown to users
     */
    public CallFailure(FailureKind kind, String message) {
        super(message, null, false, false);
        result = new ToolResult.Failure(kind, message, kind.isRetryable());
    }

    public CallFailure(ToolResult.Failure result) {
        super(result.message(), null, false, false);
        this.result = result;
    }

    public ToolResult.Failure result() {
        return result;
    }
}
