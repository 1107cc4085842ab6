package io.longhaul.tools.spi;

/** The kinds of failed calls. Users see the name as {@code error_code}. */
public enum FailureKind {
    /** The tool ran and failed. */
    TOOL_ERROR,
    /** The tool did not accept its params, although they match its schema. Never retried. */
    INVALID_PARAMS,
    /** The call took longer than its deadline. */
    TIMEOUT,
    /** The result or output is larger than allowed. Never retried. */
    RESULT_TOO_LARGE,
    /** The output files of the tool are more or larger than allowed. Never retried. */
    FILE_TOO_LARGE,
    /** The tool used more of the machine (memory, time of its processors, files) than it may. Never retried. */
    LIMIT_EXCEEDED,
    /** The tool asked a question that was not answered in time. Never retried. */
    UNANSWERED,
    /** Something that the tool needs (program, server, file) is missing. */
    UNAVAILABLE;

    /**
     * True if another attempt with the same params could end differently.
     *
     * @return the default of this kind; a tool may decide otherwise for a failure
     */
    public boolean isRetryable() {
        return switch (this) {
            case TOOL_ERROR, TIMEOUT, UNAVAILABLE -> true;
            case INVALID_PARAMS, RESULT_TOO_LARGE, FILE_TOO_LARGE, LIMIT_EXCEEDED, UNANSWERED -> false;
        };
    }
}
