package io.longhaul.mcp.protocol;

/** Our own names in {@code _meta}. */
public final class LonghaulNames {
    /** The job that did the work of a call. */
    public static final String JOB = "io.longhaul/jobId";

    /** What makes a repeated call the same call. */
    public static final String IDEMPOTENCY_KEY = "io.longhaul/idempotencyKey";

    /** Progress in numbers, beside the text of a task. */
    public static final String PROGRESS = "io.longhaul/progress";

    private LonghaulNames() {}
}
