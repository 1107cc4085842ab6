package io.longhaul.mcp.protocol;

/** Our own names in {@code _meta}. */
public final class LonghaulNames {
    /** The job that did the work of a call. */
    public static final String JOB = "io.longhaul/jobId";

    /** What makes a repeated call the same call. */
    public static final String IDEMPOTENCY_KEY = "io.longhaul/idempotencyKey";

    /**
     * Which call this is, when it is sent again because its connection was lost. Its client says expressly when it wants it
     * cancelled: a stream that is closed does not.
     */
    public static final String CALL = "io.longhaul/callId";

    /** Header of a stream: the job whose answer it waits for, if this client alone may cancel that. */
    public static final String JOB_HEADER = "Longhaul-Job";

    /** Progress in numbers, beside the text of a task. */
    public static final String PROGRESS = "io.longhaul/progress";

    private LonghaulNames() {}
}
