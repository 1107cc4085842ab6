package io.longhaul.tools.spi;

/**
 * Nobody has answered a question in time. A tool that does not catch it fails with {@link FailureKind#UNANSWERED}; one that
 * does can go on with a choice of its own.
 */
public final class UnansweredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says which question it is.
     *
     * @param message what is wrong and what cures it; shown to users
     */
    public UnansweredException(String message) {
        super(message);
    }
}
