package io.longhaul.tools.command;

import io.longhaul.tools.childprocess.Limits;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
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

    private static final int LARGEST = 255;
    private static final int SIGNALLED = 128;
    private static final int KILLED = SIGNALLED + 9;

    /** Refuses codes that are in both sets, that no process can have, and that of success. */
    ExitCodes {
        retryable.forEach(code -> Checks.range("retryable_exit_codes", code, 1, LARGEST));
        fatal.forEach(code -> Checks.range("fatal_exit_codes", code, 1, LARGEST));
        for (Integer code : fatal) {
            if (retryable.contains(code)) {
                throw new ToolConfigurationException(
                        "exit code %d is in retryable_exit_codes and in fatal_exit_codes: remove it from one of them"
                                .formatted(code));
            }
        }
    }

    /**
     * The failure for a non-zero exit code.
     *
     * @param used the processor time of the command itself if it was killed, as far as that is known
     */
    ToolResult failure(int code, Duration used, String lastErrors) {
        Optional<String> exceeded = limits.exceeded(code, used, lastErrors);
        if (exceeded.isPresent()) {
            return ToolResult.failure(FailureKind.LIMIT_EXCEEDED, exceeded.get() + because(lastErrors));
        }
        FailureKind kind = NOT_STARTED.contains(code) ? FailureKind.UNAVAILABLE : FailureKind.TOOL_ERROR;
        return new ToolResult.Failure(kind, described(code) + because(lastErrors), isRetryable(code));
    }

    private static String because(String lastErrors) {
        return lastErrors.isEmpty() ? "." : ": " + lastErrors;
    }

    /**
     * What an error line says goes for itself, but not against the codes after which nothing is tried again.
     *
     * @param said the {@code retryable} of the error line, or null if it has none
     */
    boolean isRetryable(int code, Boolean said) {
        return said == null ? isRetryable(code) : said && !fatal.contains(code);
    }

    private boolean isRetryable(int code) {
        return !fatal.contains(code) && (retryable.isEmpty() || retryable.contains(code));
    }

    private String described(int code) {
        if (NOT_STARTED.contains(code)) {
            return "The command exited with code " + code + ", a program was not found or may not be run";
        }
        if (code == KILLED) {
            // A process that the command started may have been killed for the limit: the system does not tell.
            return "The command was killed (signal 9), most often for want of memory"
                    + (limits.cpuTime() == null ? "" : ", or because it ignored the signal of limits.cpu_time");
        }
        return code > SIGNALLED && code < SIGNALLED + 65
                ? "The command was ended by signal " + (code - SIGNALLED)
                : "The command exited with code " + code;
    }
}
