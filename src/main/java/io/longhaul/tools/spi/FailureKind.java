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
    /** What the tool needs (program, server, file) is not there. */
    UNAVAILABLE,
}
