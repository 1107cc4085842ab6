package io.longhaul.tools.command;

import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;

/** The command is not started; carries the failure that says why. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ToolResult failure;

    Refusal(FailureKind kind, String message) {
        super(message, null, false, false);
        failure = ToolResult.failure(kind, message);
    }

    ToolResult failure() {
        return failure;
    }
}
