package io.longhaul.client;

/** No server answered within the client's patience. */
public final class UnreachableException extends LonghaulException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
