package io.longhaul.tools.spi;

/** Why a call failed; the label is what users see as {@code error_code}. */
public enum FailureKind {
    /** The tool ran and said no, or broke. */
    TOOL_ERROR,
    /** The tool did not accept its params, although they match its schema. Never retried. */
    INVALID_PARAMS,
    /** The call took longer than its deadline. */
    TIMEOUT,
    /** The result or output is larger than allowed. Never retried. */
    RESULT_TOO_LARGE,
    /** What the tool left in its folder of outputs is more or larger than allowed. Never retried. */
    FILE_TOO_LARGE,
    /** The tool used more of the machine (memory, time of its processors, files) than it may. Never retried. */
    LIMIT_EXCEEDED,
    /** The tool asked something, and nobody answered in time. Never retried. */
    UNANSWERED,
    /** What the tool needs (program, server, file) is not there. */
    UNAVAILABLE;

    /**
     * Whether another attempt with the same params could end differently.
     *
     * @return what holds unless the tool says otherwise
     */
    public boolean isRetryable() {
        return switch (this) {
            case TOOL_ERROR, TIMEOUT, UNAVAILABLE -> true;
            case INVALID_PARAMS, RESULT_TOO_LARGE, FILE_TOO_LARGE, LIMIT_EXCEEDED, UNANSWERED -> false;
        };
    }
}
