package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An error of JSON-RPC 2.0, thrown to answer a request with it. */
public final class RpcError extends RuntimeException {
    /** The body is not JSON. */
    public static final int PARSE_ERROR = -32700;
    /** The body is JSON, but not a message of the protocol. */
    public static final int INVALID_REQUEST = -32600;
    /** The method does not exist, or not for this object. */
    public static final int METHOD_NOT_FOUND = -32601;
    /** The params are wrong, or name something that does not exist. */
    public static final int INVALID_PARAMS = -32602;
    /** The server failed, or cannot serve now. */
    public static final int INTERNAL_ERROR = -32603;
    /** The resource does not exist (legacy era). */
    public static final int RESOURCE_NOT_FOUND = -32002;
    /** A header differs from the body. */
    public static final int HEADER_MISMATCH = -32020;
    /** The client lacks a capability that the request needs. */
    public static final int MISSING_CAPABILITY = -32021;
    /** The server does not speak the revision of the request. */
    public static final int UNSUPPORTED_VERSION = -32022;
    /** The work was cancelled. */
    public static final int CANCELLED = -32800;

    private static final long serialVersionUID = 1;

    private static final int OK = 200;

    private final int code;
    private final transient ObjectNode data;
    private final int status;
    private final long retryAfterSeconds;

    private RpcError(int code, String message, ObjectNode data, int status, long retryAfterSeconds) {
        super(message, null, false, false);
        this.code = code;
        this.data = data;
        this.status = status;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /**
     * An error that is answered with HTTP 200, as most are.
     *
     * @param code code of JSON-RPC or of the protocol
     * @param message the cause and its cure
     */
    public RpcError(int code, String message) {
        this(code, message, null, OK, 0);
    }

    /**
     * The same with another HTTP status.
     *
     * @param other the HTTP status
     * @return an error
     */
    public RpcError withStatus(int other) {
        return new RpcError(code, getMessage(), data, other, retryAfterSeconds);
    }

    /**
     * The same with the time after which it may be gone.
     *
     * @param seconds time after which the same request may succeed; 0 for unknown
     * @return an error
     */
    public RpcError retryAfter(long seconds) {
        return new RpcError(code, getMessage(), data, status, seconds);
    }

    /**
     * The same with data for programs.
     *
     * @param other the member {@code data}
     * @return an error
     */
    public RpcError withData(ObjectNode other) {
        return new RpcError(code, getMessage(), other, status, retryAfterSeconds);
    }

    /**
     * The member {@code error} of an answer.
     *
     * @return a new tree
     */
    public ObjectNode json() {
        ObjectNode json =
                JsonNodeFactory.instance.objectNode().put("code", code).put("message", getMessage());
        if (data != null) {
            json.set("data", data.deepCopy());
        }
        return json;
    }

    /**
     * The code of JSON-RPC or of the protocol.
     *
     * @return a negative number
     */
    public int code() {
        return code;
    }

    /**
     * The HTTP status, for an error that is a whole response.
     *
     * @return 200 for most
     */
    public int status() {
        return status;
    }

    /**
     * The time after which the same request may succeed.
     *
     * @return seconds, 0 for unknown
     */
    public long retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
