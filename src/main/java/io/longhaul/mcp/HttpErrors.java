package io.longhaul.mcp;

import jakarta.servlet.http.HttpServletRequest;

/** Says what a failure means to a client, and logs it where it is ours; the HTTP API's way of it. */
public interface HttpErrors {
    /**
     * What a failure means.
     *
     * @param status of HTTP
     * @param code stable, of {@code docs/errors.md}
     * @param message what is wrong and what cures it
     * @param retryAfterSeconds when the same request may succeed; 0 if time does not help
     */
    record HttpError(int status, String code, String message, long retryAfterSeconds) {}

    /**
     * Tells what to answer.
     *
     * @param failure whatever was thrown
     * @param request that failed
     * @return the refusal
     */
    HttpError of(Throwable failure, HttpServletRequest request);
}
