package io.longhaul.api.http;

import java.util.Arrays;

/**
 * The stable codes of refused requests, each with its HTTP status. A code never changes its meaning. {@code docs/errors.md}
 * shows their Javadoc: the error, and after "Cure:" its cure.
 */
public enum ErrorCode {
    /** The request is not correct HTTP, or its body cannot be read. Cure: read the message and correct the request. */
    BAD_REQUEST(400),
    /** The body is not JSON, or nested deeper than 500 levels. Cure: correct the place that the message names. */
    MALFORMED_JSON(400),
    /** The request has no valid credentials; {@code WWW-Authenticate} says how to send them. Cure: send a valid key as {@code Authorization: Bearer KEY}. */
    UNAUTHENTICATED(401),
    /** The caller lacks the role that this needs; the message names it. Cure: use a key that has that role. */
    MISSING_ROLE(403),
    /** The caller may not use this tool. Cure: use a key whose list has the tool, or one without a list. */
    TOOL_FORBIDDEN(403),
    /** The request comes from a page of a site that may not change anything here. Cure: send the request from a program, or from a page of the server itself. */
    ORIGIN_NOT_ALLOWED(403),
    /** There is no resource at this path. Cure: compare the path with {@code /openapi.json}. */
    NOT_FOUND(404),
    /** There is no job with this id, or it was removed. Cure: check the id; ended jobs are removed after their {@code ttl_hours}. */
    JOB_NOT_FOUND(404),
    /** There is no batch with this id, or it was removed. Cure: check the id; a batch is removed with its last job. */
    BATCH_NOT_FOUND(404),
    /** There is no operation with this id, or it was removed. Cure: list the operations with {@code GET /v1/operations}; they are removed 30 days after their end. */
    OPERATION_NOT_FOUND(404),
    /** There is no file with this id or name, or it was removed. Cure: check the id or the name; a file is removed with its jobs, or when it expires. */
    FILE_NOT_FOUND(404),
    /** There is no schedule with this id, or it was removed. Cure: list the schedules with {@code GET /v1/schedules}. */
    SCHEDULE_NOT_FOUND(404),
    /** There is no view of this name. Cure: list the views with {@code GET /v1/views}. */
    VIEW_NOT_FOUND(404),
    /** There are as many views as one may keep. Cure: remove one, or take the name of one that can go. */
    TOO_MANY_VIEWS(409),
    /** There is no webhook with this id, or it was removed. Cure: list the webhooks with {@code GET /v1/webhooks}. */
    WEBHOOK_NOT_FOUND(404),
    /** There is no delivery with this id, or it was removed. Cure: list the deliveries of the webhook; old ones are removed. */
    DELIVERY_NOT_FOUND(404),
    /** The resource does not support this method; {@code Allow} names the methods it supports. Cure: use one of them. */
    METHOD_NOT_ALLOWED(405),
    /** There is no representation that {@code Accept} allows. Cure: accept the type that the message names, mostly {@code application/json}. */
    NOT_ACCEPTABLE(406),
    /** The request did not arrive in time. Cure: send the body without long pauses. */
    REQUEST_TIMEOUT(408),
    /** Only a job that has ended can be retried. Cure: wait for its end, or cancel it first. */
    JOB_NOT_FINISHED(409),
    /** There is no question with this key. Cure: list the job's questions with {@code GET /v1/jobs/{id}/inputs}. */
    INPUT_NOT_FOUND(404),
    /** The question has another answer, which stays. Cure: read the answer with {@code GET /v1/jobs/{id}/inputs}; cancel the job if it is wrong. */
    INPUT_ANSWERED(409),
    /** The time to answer the question is over. Cure: retry the job, and answer in time; {@code input.timeout} of the tool may be longer. */
    INPUT_EXPIRED(409),
    /** The job has ended, so that nobody needs the answer. Cure: retry the job to be asked again. */
    JOB_FINISHED(409),
    /** The answer does not match the question's schema. Cure: correct it; {@code errors} says where. */
    INVALID_ANSWER(422),
    /** The worker no longer holds this attempt, or its token is no longer valid. Cure: stop that work; claim jobs again. */
    LEASE_LOST(409),
    /** Workers offer the tool, or some of its jobs have not ended. Cure: stop its workers and wait for its jobs, or cancel them. */
    TOOL_IN_USE(409),
    /** The tool is part of the configuration, which requests cannot change. Cure: remove it from the configuration and reload the tools of each node ({@code POST /tasks/reload-tools} on its admin port); a tool of an MCP server goes with a restart. */
    TOOL_CONFIGURED(409),
    /** Another schedule has this name. Cure: choose another name, or change that schedule with {@code PATCH}. */
    SCHEDULE_NAME_TAKEN(409),
    /** Only a delivery that has ended can be repeated. Cure: wait for its end. */
    DELIVERY_PENDING(409),
    /** The body is larger than the server accepts. Cure: send less, or raise {@code api.maxBody} or {@code api.maxBatchBody} where the message gives a size in bytes. */
    PAYLOAD_TOO_LARGE(413),
    /** The file is larger than the server accepts. Cure: send a smaller file, or raise the limit that the message names. */
    FILE_TOO_LARGE(413),
    /** The request line is too long. Cure: send shorter parameters. */
    URI_TOO_LONG(414),
    /** The body is not declared as JSON in UTF-8. Cure: send JSON in UTF-8 with {@code Content-Type: application/json}. */
    UNSUPPORTED_MEDIA_TYPE(415),
    /** The server does not support this {@code Expect}. Cure: send {@code Expect: 100-continue}, or leave it out. */
    EXPECTATION_FAILED(417),
    /** The requested range has no byte of the file; {@code Content-Range} has the file's size. Cure: request a range within the size. */
    RANGE_NOT_SATISFIABLE(416),
    /** Fields, query parameters or headers are missing or out of range; {@code errors} says which. Cure: correct them. */
    INVALID_REQUEST(422),
    /** There is no tool with the name in the path. Cure: list the tools with {@code GET /v1/mcp/tools}. */
    TOOL_NOT_FOUND(404),
    /** There is no tool with this name. Cure: list the tools with {@code GET /v1/mcp/tools}; register a remote one first. */
    UNKNOWN_TOOL(422),
    /** The params do not match the tool's schema, or cannot be stored. Cure: correct the params; {@code errors} says where. */
    INVALID_PARAMS(422),
    /** A job to run after does not exist. Cure: submit that job first, or leave its id out. */
    UNKNOWN_PREDECESSOR(422),
    /** A param names a file that does not exist, or was removed. Cure: upload the file first, and send the id in the answer. */
    UNKNOWN_FILE(422),
    /** Some jobs of the batch cannot be accepted, so none was stored; {@code errors} names them. Cure: correct those jobs, or send {@code "atomic": false}. */
    INVALID_BATCH(422),
    /** The idempotency key belongs to a job with another payload. Cure: use another key for another job. */
    IDEMPOTENCY_KEY_REUSED(422),
    /** The server cannot accept more submits, downloads or streams at the moment. Cure: send the same again after {@code Retry-After}. */
    OVERLOADED(429, 1),
    /** The queue is full: the configured number of jobs is waiting for a worker. Cure: send the same again after {@code Retry-After}, add workers, or raise the limit. */
    QUEUE_FULL(429, 5),
    /** Too many operations of the caller have not ended. Cure: wait for one of them, or stop one with {@code POST /v1/operations/{id}/cancel}. */
    TOO_MANY_OPERATIONS(429, 5),
    /** The caller sends more requests than its rate limit allows. Cure: send the same again after {@code Retry-After}. */
    RATE_LIMITED(429, 1),
    /** The host name in the request is not allowed. Cure: use a host name that is configured as allowed. */
    HOST_NOT_ALLOWED(421),
    /** The server speaks HTTP/1.1 on this connection, and the request is of a later version. Cure: use HTTP/1.1. */
    UPGRADE_REQUIRED(426),
    /** The headers are too large. Cure: send less, cookies for instance. */
    HEADERS_TOO_LARGE(431),
    /** The server has failed. Cure: look for the trace id in its log, and report the error. */
    INTERNAL_ERROR(500),
    /** The server does not know this method. Cure: use a standard HTTP method. */
    NOT_IMPLEMENTED(501),
    /** The node is stopping; another one answers. Cure: send the same again. */
    SHUTTING_DOWN(503, 1),
    /** The OpenID provider's keys cannot be fetched, so tokens cannot be checked. Cure: send the same again after {@code Retry-After}; the server's log says what is wrong. */
    TOKEN_NOT_JUDGED(503, 5),
    /** The database does not answer, has no connection left, or is too busy. Nothing was stored. Cure: send the same again after {@code Retry-After}; see {@code /readyz}. */
    DATABASE_UNAVAILABLE(503, 2),
    /** The database takes no writes: it is a standby, or was set to read-only. Nothing was stored. Cure: send the same again after {@code Retry-After}; its operator has to make it writable, and {@code /readyz} says what it is. */
    DATABASE_READ_ONLY(503, 10),
    /** The disk of the database is full. Nothing was stored. Cure: its operator has to make room; send the same again after {@code Retry-After}. */
    DATABASE_FULL(503, 10),
    /** The connection to the database broke before it confirmed the change, which may have been stored. Cure: send the same again with the same {@code Idempotency-Key}; without one, check first at the address that the message names. */
    OUTCOME_UNKNOWN(503, 2),
    /** The schema is missing or wrong; the message names the cure. Cure: run the command in the message, usually {@code java -jar app.jar db migrate config.yml}. */
    DATABASE_MIGRATION_REQUIRED(503, 10),
    /** The query takes too long. Cure: use {@code cursor} instead of a large offset, or a narrower filter. */
    QUERY_TOO_SLOW(503, 5),
    /** The server does not support this HTTP version. Cure: use HTTP/1.1. */
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

    /** Seconds after which the same request may succeed; 0 if waiting does not help. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** The first code with a status, for errors of Jersey and Jetty. */
    static ErrorCode ofStatus(int status) {
        return Arrays.stream(values())
                .filter(code -> code.status == status)
                .findFirst()
                .orElse(status >= 500 ? INTERNAL_ERROR : BAD_REQUEST);
    }
}
