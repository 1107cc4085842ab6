package io.longhaul.tools.mcp;

import io.longhaul.mcp.protocol.RpcError;

/** The server answered a request with an error. */
final class RpcException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int TOO_MANY_REQUESTS = 429;

    private final int code;

    /** {@code code} is JSON-RPC's, or the HTTP status if the answer was not JSON-RPC. */
    RpcException(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    int code() {
        return code;
    }

    /** Returns true if the same request may be answered differently later. */
    boolean isTransient() {
        return code == RpcError.INTERNAL_ERROR || code == TOO_MANY_REQUESTS || code >= 500;
    }
}
