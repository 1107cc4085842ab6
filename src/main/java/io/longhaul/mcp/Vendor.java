package io.longhaul.mcp;

/** Our own names in {@code _meta}. */
final class Vendor {
    /** The job that did the work of a call. */
    static final String JOB = "io.longhaul/jobId";

    /** What makes a repeated call the same call. */
    static final String IDEMPOTENCY_KEY = "io.longhaul/idempotencyKey";

    /** Progress in numbers, beside the text of a task. */
    static final String PROGRESS = "io.longhaul/progress";

    private Vendor() {}
}
