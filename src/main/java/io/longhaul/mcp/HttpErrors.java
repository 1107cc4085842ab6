package io.longhaul.mcp;

import jakarta.servlet.http.HttpServletRequest;

/** The errors that the HTTP API answers for failures. Failures of the server are logged there. */
public interface HttpErrors {
    /**
     * An error of the HTTP API.
     *
     * @param status the HTTP status
     * @param code stable code, explained in {@code docs/errors.md}
     * @param message the cause and its cure
     * @param retryAfterSeconds time after which the same request may succeed; 0 if waiting does not help
     */
    record HttpError(int status, String code, String message, long retryAfterSeconds) {}

    /**
     * Translates a failure.
     *
     * @param failure any exception
     * @param request the request that failed
     * @return the error to answer
     */
    HttpError of(Throwable failure, HttpServletRequest request);
}
