package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A request that is answered with an error of JSON-RPC 2.0. */
public final class RpcError extends RuntimeException {
    /** The body is not JSON. */
    public static final int PARSE_ERROR = -32700;
    /** The body is JSON, and no message of the protocol. */
    public static final int INVALID_REQUEST = -32600;
    /** There is no such method, or not for this. */
    public static final int METHOD_NOT_FOUND = -32601;
    /** The params are wrong, or name what there is not. */
    public static final int INVALID_PARAMS = -32602;
    /** The server failed, or cannot serve at the moment. */
    public static final int INTERNAL_ERROR = -32603;
    /** There is no such resource, in the legacy era. */
    public static final int RESOURCE_NOT_FOUND = -32002;
    /** A header does not say what the body says. */
    public static final int HEADER_MISMATCH = -32020;
    /** The client does not have a capability that the request needs. */
    public static final int MISSING_CAPABILITY = -32021;
    /** This revision is not served. */
    public static final int UNSUPPORTED_VERSION = -32022;
    /** What was asked for has been cancelled. */
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
     * @param code of JSON-RPC or of the protocol
     * @param message what is wrong and what cures it
     */
    public RpcError(int code, String message) {
        this(code, message, null, OK, 0);
    }

    /**
     * The same with another HTTP status.
     *
     * @param other the status
     * @return an error
     */
    public RpcError withStatus(int other) {
        return new RpcError(code, getMessage(), data, other, retryAfterSeconds);
    }

    /**
     * The same, which time cures.
     *
     * @param seconds when the same request may succeed; 0 for unknown
     * @return an error
     */
    public RpcError retryAfter(long seconds) {
        return new RpcError(code, getMessage(), data, status, seconds);
    }

    /**
     * The same with more for programs to read.
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
     * The code.
     *
     * @return of JSON-RPC or of the protocol
     */
    public int code() {
        return code;
    }

    /**
     * The HTTP status, where the answer is the whole of a response.
     *
     * @return 200 for most
     */
    public int status() {
        return status;
    }

    /**
     * When the same request may succeed.
     *
     * @return seconds, 0 for unknown
     */
    public long retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
