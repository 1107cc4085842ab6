package io.longhaul.auth;

/** The text sent is not a key or token that is valid here. */
public final class RefusedCredentialException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Refuses with a reason that may be shown. */
    public RefusedCredentialException(String message) {
        super(message);
    }
}
