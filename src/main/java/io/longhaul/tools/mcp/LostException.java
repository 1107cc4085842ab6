package io.longhaul.tools.mcp;

/** The connection ended, and all requests under way with it. */
final class LostException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean sent;

    /** {@code sent} is true if the server may have begun the work. */
    LostException(String message, boolean sent) {
        super(message, null, false, false);
        this.sent = sent;
    }

    boolean sent() {
        return sent;
    }
}
