package io.longhaul.tools.spi;

/** The kinds of failed calls. Users see the name as {@code error_code}. */
public enum FailureKind {
    /**
     * The tool ran and failed. Cure: read the job's error and its log; cure what the tool says, then retry the job.
     */
    TOOL_ERROR,
    /**
     * The tool did not accept its params, although they match its schema. Never retried. Cure: submit a job with the
     * params that the error names corrected.
     */
    INVALID_PARAMS,
    /**
     * The call took longer than its deadline. Cure: raise {@code timeout_seconds} of the submit or {@code timeout} of
     * the tool, or give the job less to do.
     */
    TIMEOUT,
    /**
     * The result or output is larger than allowed. Never retried. Cure: ask for less, let the tool write a file, or
     * raise the limit that the error names ({@code max_result}, {@code max_output} or {@code max_response} of the tool).
     */
    RESULT_TOO_LARGE,
    /**
     * The output files of the tool are more or larger than allowed. Never retried. Cure: write less, or raise the
     * limit that the error names.
     */
    FILE_TOO_LARGE,
    /**
     * The tool used more of the machine (memory, time of its processors, files) than it may. Never retried. Cure: give
     * the job less to do, or raise the limit that the error names.
     */
    LIMIT_EXCEEDED,
    /**
     * The tool asked a question that was not answered in time. Never retried. Cure: retry the job and answer in time;
     * {@code input.timeout} of the tool may be longer.
     */
    UNANSWERED,
    /**
     * Something that the tool needs (program, server, file) is missing. Cure: bring what the error names back; then
     * retry the job.
     */
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
