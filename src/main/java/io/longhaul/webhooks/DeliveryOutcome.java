package io.longhaul.webhooks;

import java.time.Duration;

/**
 * The outcome of an attempt to deliver.
 *
 * @param status of the answer, or null without one
 * @param retryAfter the wait that the receiver asks for, or null
 * @param answer beginning of the answer's body, or null
 * @param error reason why there is no answer, or null
 */
record DeliveryOutcome(Integer status, Duration retryAfter, String answer, String error, Duration took) {
    private static final int GONE = 410;

    boolean succeeded() {
        return status != null && status >= 200 && status < 300;
    }

    /** The receiver has said for good that it wants no more. */
    boolean gone() {
        return status != null && status == GONE;
    }

    /** The problem, or null after a success. */
    String complaint() {
        if (succeeded()) {
            return null;
        }
        if (status == null) {
            return error;
        }
        return status >= 300 && status < 400
                ? "answered " + status + ": redirects are not followed, so use the address it leads to"
                : "answered " + status;
    }
}
