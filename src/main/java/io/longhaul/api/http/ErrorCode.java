package io.longhaul.api.http;

import java.util.Arrays;

/**
 * The stable codes of refused requests, each with its HTTP status. A code never changes its meaning. Their Javadoc is what
 * {@code docs/errors.md} shows: what happened, and after "Cure:" what helps.
 */
public enum ErrorCode {
    /** The request is not correct HTTP, or its body cannot be read. Cure: read the message and correct the request. */
    BAD_REQUEST(400),
    /** The body is not JSON. Cure: correct the place that the message names. */
    MALFORMED_JSON(400),
    /** Who asks has not said who it is, or not with a key that is valid; {@code WWW-Authenticate} says how. Cure: send a valid key as {@code Authorization: Bearer KEY}. */
    UNAUTHENTICATED(401),
    /** Who asks may not do this; the message names the role that may. Cure: use a key that has that role. */
    MISSING_ROLE(403),
    /** Who asks may not use this tool. Cure: use a key whose list has the tool, or one without a list. */
    TOOL_FORBIDDEN(403),
    /** A page of a site that may change nothing here. Cure: send the request from a program, or from a page of the server itself. */
    ORIGIN_NOT_ALLOWED(403),
    /** No resource at this path. Cure: compare the path with {@code /openapi.json}. */
    NOT_FOUND(404),
    /** No job of this id, or no longer. Cure: check the id; ended jobs are removed when their {@code ttl_hours} are over. */
    JOB_NOT_FOUND(404),
    /** No batch of this id, or no longer. Cure: check the id; a batch goes with the last of its jobs. */
    BATCH_NOT_FOUND(404),
    /** No file of this id or name, or no longer. Cure: check the id or the name; a file goes with its job, or when its time is over. */
    FILE_NOT_FOUND(404),
    /** No schedule of this id, or no longer. Cure: list the schedules with {@code GET /v1/schedules}. */
    SCHEDULE_NOT_FOUND(404),
    /** No webhook of this id, or no longer. Cure: list the webhooks with {@code GET /v1/webhooks}. */
    WEBHOOK_NOT_FOUND(404),
    /** No delivery of this id, or no longer. Cure: list the deliveries of the webhook; old ones are removed. */
    DELIVERY_NOT_FOUND(404),
    /** The resource knows other methods; {@code Allow} names them. Cure: use one of those. */
    METHOD_NOT_ALLOWED(405),
    /** No representation that {@code Accept} asks for. Cure: accept {@code application/json}. */
    NOT_ACCEPTABLE(406),
    /** The request did not arrive in time. Cure: send the body without long pauses. */
    REQUEST_TIMEOUT(408),
    /** Only a job that has ended can be retried. Cure: wait for its end, or cancel it first. */
    JOB_NOT_FINISHED(409),
    /** A worker tells of an attempt that is not its own any more, or is itself not known any more. Cure: stop that work; claim jobs anew. */
    LEASE_LOST(409),
    /** Workers offer the tool, or jobs of it have not ended. Cure: stop its workers and wait for its jobs, or cancel them. */
    TOOL_IN_USE(409),
    /** The tool is part of the configuration, which no request changes. Cure: remove it from the configuration and start the server again. */
    TOOL_CONFIGURED(409),
    /** Another schedule has this name. Cure: choose another name, or change that schedule with {@code PATCH}. */
    SCHEDULE_NAME_TAKEN(409),
    /** Only a delivery that has ended can be repeated. Cure: wait for its end. */
    DELIVERY_PENDING(409),
    /** The body is larger than the server takes. Cure: send less, or raise {@code api.maxBody} or {@code api.maxBatchBody}. */
    PAYLOAD_TOO_LARGE(413),
    /** The file is larger than the server takes. Cure: send a smaller file, or raise the limit that the message names. */
    FILE_TOO_LARGE(413),
    /** The request line is too long. Cure: send shorter parameters. */
    URI_TOO_LONG(414),
    /** The body is not declared as JSON in UTF-8. Cure: send JSON in UTF-8 with {@code Content-Type: application/json}. */
    UNSUPPORTED_MEDIA_TYPE(415),
    /** The server does not do what {@code Expect} asks for. Cure: send {@code Expect: 100-continue}, or leave it out. */
    EXPECTATION_FAILED(417),
    /** No byte of the file is in the range that was asked for; {@code Content-Range} tells its size. Cure: ask for a range within the size. */
    RANGE_NOT_SATISFIABLE(416),
    /** Fields, query parameters or headers are missing or out of range; {@code errors} says which. Cure: correct them. */
    INVALID_REQUEST(422),
    /** No tool of this name at this path. Cure: list the tools with {@code GET /v1/mcp/tools}. */
    TOOL_NOT_FOUND(404),
    /** No tool of this name. Cure: list the tools with {@code GET /v1/mcp/tools}; register a remote one first. */
    UNKNOWN_TOOL(422),
    /** The params do not match the tool's schema, or cannot be stored. Cure: correct the params; {@code errors} says where. */
    INVALID_PARAMS(422),
    /** A job to run after does not exist. Cure: submit that job first, or leave its id out. */
    UNKNOWN_PREDECESSOR(422),
    /** A param names a file that is not there, or no longer. Cure: upload the file first, and name the id of the answer. */
    UNKNOWN_FILE(422),
    /** Jobs of a batch cannot be accepted, and so none was; {@code errors} says which. Cure: correct those jobs, or send {@code "atomic": false}. */
    INVALID_BATCH(422),
    /** The idempotency key belongs to a job with another payload. Cure: use another key for another job. */
    IDEMPOTENCY_KEY_REUSED(422),
    /** More is being submitted than the server takes. Cure: send the same again after {@code Retry-After}. */
    OVERLOADED(429, 1),
    /** As many jobs wait for a worker as may. Cure: send the same again after {@code Retry-After}, add workers, or raise the limit. */
    QUEUE_FULL(429, 5),
    /** The principal sends more requests than it may. Cure: send the same again after {@code Retry-After}. */
    RATE_LIMITED(429, 1),
    /** The server is not known by the name it was called. Cure: call it by a name that is configured as allowed. */
    HOST_NOT_ALLOWED(421),
    /** The server speaks HTTP/1.1 on this connection, and the request is of a later version. Cure: use HTTP/1.1. */
    UPGRADE_REQUIRED(426),
    /** The headers are too large. Cure: send less, cookies for instance. */
    HEADERS_TOO_LARGE(431),
    /** A fault of the server; its log has the trace id. Cure: look for the trace id in the log, and report it. */
    INTERNAL_ERROR(500),
    /** The server does not know this method. Cure: use a method of HTTP. */
    NOT_IMPLEMENTED(501),
    /** The node is stopping; another one answers. Cure: send the same again. */
    SHUTTING_DOWN(503, 1),
    /** The OpenID provider's keys cannot be fetched, so no token can be judged. Cure: send the same again after {@code Retry-After}; the server's log says what is wrong. */
    TOKEN_NOT_JUDGED(503, 5),
    /** The database does not answer, has no connection left, or is too busy. Nothing was stored. Cure: send the same again after {@code Retry-After}; see {@code /readyz}. */
    DATABASE_UNAVAILABLE(503, 2),
    /** The database takes no writes: it is a standby, or was set to read-only. Nothing was stored. Cure: send the same again after {@code Retry-After}; its operator has to make it writable, and {@code /readyz} says what it is. */
    DATABASE_READ_ONLY(503, 10),
    /** The disk of the database is full. Nothing was stored. Cure: its operator has to make room; send the same again after {@code Retry-After}. */
    DATABASE_FULL(503, 10),
    /** The connection to the database broke before it said whether what was asked for is stored: it may be. Cure: send the same again with the {@code Idempotency-Key} that the request had; without one, look first, at the address that the message names. */
    OUTCOME_UNKNOWN(503, 2),
    /** The schema is missing or wrong; the message names the cure. Migrating takes a person some time. Cure: run the command in the message, usually {@code java -jar app.jar db migrate config.yml}. */
    DATABASE_MIGRATION_REQUIRED(503, 10),
    /** The answer would take too long to find. Cure: use {@code cursor} instead of a large offset, or a narrower filter. */
    QUERY_TOO_SLOW(503, 5),
    /** Not a version of HTTP that the server speaks. Cure: use HTTP/1.1. */
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

    public int status() {
        return status;
    }

    /** When the same request may succeed, for the header {@code Retry-After}; 0 if time does not help. */
    public int retryAfterSeconds() {
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
