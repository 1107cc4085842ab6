package io.longhaul.ops.access;

/** Whether a token is valid cannot be told at the moment: its provider's keys are not to be had. */
public final class ProviderUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProviderUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
