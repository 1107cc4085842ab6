package io.longhaul.api;

import java.util.Arrays;

/** The stable codes of refused requests, each with its HTTP status. A code never changes its meaning. */
enum ErrorCode {
    /** The request is not correct HTTP, or its body cannot be read. */
    BAD_REQUEST(400),
    /** The body is not JSON. */
    MALFORMED_JSON(400),
    /** Who asks has not said who it is, or not with a key that is valid; {@code WWW-Authenticate} says how. */
    UNAUTHENTICATED(401),
    /** Who asks may not do this; the message names the role that may. */
    MISSING_ROLE(403),
    /** A page of a site that may change nothing here. */
    ORIGIN_NOT_ALLOWED(403),
    /** No resource at this path. */
    NOT_FOUND(404),
    /** No job of this id, or no longer. */
    JOB_NOT_FOUND(404),
    /** No batch of this id, or no longer. */
    BATCH_NOT_FOUND(404),
    /** No file of this id or name, or no longer. */
    FILE_NOT_FOUND(404),
    /** No schedule of this id, or no longer. */
    SCHEDULE_NOT_FOUND(404),
    /** No webhook of this id, or no longer. */
    WEBHOOK_NOT_FOUND(404),
    /** No delivery of this id, or no longer. */
    DELIVERY_NOT_FOUND(404),
    /** The resource knows other methods; {@code Allow} names them. */
    METHOD_NOT_ALLOWED(405),
    /** No representation that {@code Accept} asks for. */
    NOT_ACCEPTABLE(406),
    /** The request did not arrive in time. */
    REQUEST_TIMEOUT(408),
    /** Only a job that has ended can be retried. */
    JOB_NOT_FINISHED(409),
    /** A worker tells of an attempt that is not its own any more, or is itself not known any more. */
    LEASE_LOST(409),
    /** Workers offer the tool, or jobs of it have not ended. */
    TOOL_IN_USE(409),
    /** The tool is part of the configuration, which no request changes. */
    TOOL_CONFIGURED(409),
    /** Another schedule has this name. */
    SCHEDULE_NAME_TAKEN(409),
    /** Only a delivery that has ended can be repeated. */
    DELIVERY_PENDING(409),
    /** The body is larger than the server takes. */
    PAYLOAD_TOO_LARGE(413),
    /** The file is larger than the server takes. */
    FILE_TOO_LARGE(413),
    /** The request line is too long. */
    URI_TOO_LONG(414),
    /** The body is not declared as JSON in UTF-8. */
    UNSUPPORTED_MEDIA_TYPE(415),
    /** No byte of the file is in the range that was asked for; {@code Content-Range} tells its size. */
    RANGE_NOT_SATISFIABLE(416),
    /** Fields, query parameters or headers are missing or out of range; {@code errors} says which. */
    INVALID_REQUEST(422),
    /** No tool of this name at this path. */
    TOOL_NOT_FOUND(404),
    /** No tool of this name. */
    UNKNOWN_TOOL(422),
    /** The params do not match the tool's schema, or cannot be stored. */
    INVALID_PARAMS(422),
    /** A job to run after does not exist. */
    UNKNOWN_PREDECESSOR(422),
    /** A param names a file that is not there, or no longer. */
    UNKNOWN_FILE(422),
    /** Jobs of a batch cannot be accepted, and so none was; {@code errors} says which. */
    INVALID_BATCH(422),
    /** The idempotency key belongs to a job with another payload. */
    IDEMPOTENCY_KEY_REUSED(422),
    /** More is being submitted than the server takes. */
    OVERLOADED(429, 1),
    /** As many jobs wait for a worker as may. */
    QUEUE_FULL(429, 5),
    /** The principal sends more requests than it may. */
    RATE_LIMITED(429, 1),
    /** The server is not known by the name it was called. */
    HOST_NOT_ALLOWED(421),
    /** The headers are too large. */
    HEADERS_TOO_LARGE(431),
    /** A fault of the server; its log has the trace id. */
    INTERNAL_ERROR(500),
    /** The server does not know this method. */
    NOT_IMPLEMENTED(501),
    /** The node is stopping; another one answers. */
    SHUTTING_DOWN(503, 1),
    /** The database does not answer, or is too busy to. */
    DATABASE_UNAVAILABLE(503, 2),
    /** The schema is missing or wrong; the message names the cure. Migrating takes a person some time. */
    DATABASE_MIGRATION_REQUIRED(503, 10),
    /** The answer would take too long to find. */
    QUERY_TOO_SLOW(503, 5),
    /** Not a version of HTTP that the server speaks. */
    HTTP_VERSION_NOT_SUPPORTED(505);

    private final int status;
    private final int retryAfterSeconds;

    ErrorCode(int status) {
        this(status, 0);
    }

    ErrorCode(int status, int retryAfterSeconds) {
        this.status = status;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    int status() {
        return status;
    }

    /** When the same request may succeed, for the header {@code Retry-After}; 0 if time does not help. */
    int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** The code for an error of which only the status is known: the first one listed. */
    static ErrorCode ofStatus(int status) {
        return Arrays.stream(values())
                .filter(code -> code.status == status)
                .findFirst()
                .orElse(status >= 500 ? INTERNAL_ERROR : BAD_REQUEST);
    }
}
