package io.longhaul.tools.mcp;

import io.longhaul.mcp.protocol.RpcError;

/** The server answered a request with an error, or in a way that the protocol does not know. */
final class RpcException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int TOO_MANY_REQUESTS = 429;

    private final int code;
    private final boolean malformed;

    /** {@code code} is JSON-RPC's, or the HTTP status if the answer was not JSON-RPC. */
    RpcException(int code, String message) {
        this(code, message, false);
    }

    private RpcException(int code, String message, boolean malformed) {
        super(message, null, false, false);
        this.code = code;
        this.malformed = malformed;
    }

    /**
     * An answer that the protocol does not know.
     *
     * @param what is wrong with it, after the server's name: "its answer is no JSON"
     */
    static RpcException malformed(String what) {
        return new RpcException(0, what, true);
    }

    /** Returns true if the server did not answer with an error, but wrongly. */
    boolean isMalformed() {
        return malformed;
    }

    int code() {
        return code;
    }

    /** Returns true if the same request may be answered differently later. */
    boolean isTransient() {
        return code == RpcError.INTERNAL_ERROR || isUnavailable();
    }

    /** Returns true if it is no message of the server, but an HTTP status that says: not now. */
    boolean isUnavailable() {
        return code == TOO_MANY_REQUESTS || code >= 500;
    }
}
