package io.longhaul.ops.access;

/** What was sent is no key or token that counts here. */
public final class RefusedCredentialException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedCredentialException(String message) {
        super(message);
    }
}
