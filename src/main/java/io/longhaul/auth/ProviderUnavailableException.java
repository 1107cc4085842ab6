package io.longhaul.auth;

/** A token cannot be checked at the moment: its provider's keys are not available. */
public final class ProviderUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProviderUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
