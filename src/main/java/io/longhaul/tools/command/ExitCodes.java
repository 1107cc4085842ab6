package io.longhaul.tools.command;

import io.longhaul.tools.childprocess.Limits;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.util.Optional;
import java.util.Set;

/**
 * The meaning of exit codes.
 *
 * @param retryable if not empty, only these are worth another attempt
 * @param fatal never worth another attempt
 */
record ExitCodes(Set<Integer> retryable, Set<Integer> fatal, Limits limits) {
    /** Exit codes of shells and setsid for a program that is not executable, or not found. */
    private static final Set<Integer> NOT_STARTED = Set.of(126, 127);

    private static final int SIGNALLED = 128;
    private static final int KILLED = SIGNALLED + 9;

    /** Refuses codes that are in both sets. */
    ExitCodes {
        for (Integer code : fatal) {
            if (retryable.contains(code)) {
                throw new ToolConfigurationException(
                        "exit code %d is in retryable_exit_codes and in fatal_exit_codes: remove it from one of them"
                                .formatted(code));
            }
        }
    }

    /** The failure for a non-zero exit code. */
    ToolResult failure(int code, String lastErrors) {
        Optional<String> exceeded = limits.exceeded(code, lastErrors);
        if (exceeded.isPresent()) {
            return ToolResult.failure(FailureKind.LIMIT_EXCEEDED, exceeded.get() + because(lastErrors));
        }
        FailureKind kind = NOT_STARTED.contains(code) ? FailureKind.UNAVAILABLE : FailureKind.TOOL_ERROR;
        return new ToolResult.Failure(kind, described(code) + because(lastErrors), isRetryable(code));
    }

    private static String because(String lastErrors) {
        return lastErrors.isEmpty() ? "." : ": " + lastErrors;
    }

    boolean isRetryable(int code) {
        return !fatal.contains(code) && (retryable.isEmpty() || retryable.contains(code));
    }

    private static String described(int code) {
        if (NOT_STARTED.contains(code)) {
            return "The command exited with code " + code + ", a program was not found or may not be run";
        }
        if (code == KILLED) {
            return "The command was killed (signal 9), most often for want of memory";
        }
        return code > SIGNALLED && code < SIGNALLED + 65
                ? "The command was ended by signal " + (code - SIGNALLED)
                : "The command exited with code " + code;
    }
}
