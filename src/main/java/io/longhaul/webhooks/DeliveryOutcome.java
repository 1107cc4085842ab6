package io.longhaul.webhooks;

import java.time.Duration;

/**
 * What came of an attempt to deliver.
 *
 * @param status of the answer, or null without one
 * @param retryAfter how long the receiver asks to be left alone, or null
 * @param answer how the answer begins, or null
 * @param error why there is no answer, or null
 * @param took how long it took
 */
record DeliveryOutcome(Integer status, Duration retryAfter, String answer, String error, Duration took) {
    private static final int GONE = 410;

    boolean succeeded() {
        return status != null && status >= 200 && status < 300;
    }

    /** The receiver wants no more. */
    boolean gone() {
        return status != null && status == GONE;
    }

    /** What went wrong, or null. */
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
