package io.longhaul.auth;

/** The text sent is not a key or token that is valid here. */
public final class RefusedCredentialException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedCredentialException(String message) {
        super(message);
    }
}
