package io.longhaul.mcp.protocol;

/** Names that Longhaul adds to the protocol: keys of {@code _meta} and headers. */
public final class LonghaulNames {
    /** Id of the job of a call. */
    public static final String JOB = "io.longhaul/jobId";

    /** The job that a call has started and not waited for. */
    public static final String STARTED_JOB = "io.longhaul/startedJobId";

    /** Idempotency key of a call: calls with the same key share one job. */
    public static final String IDEMPOTENCY_KEY = "io.longhaul/idempotencyKey";

    /**
     * Id of a call, by which its client can repeat it after a lost connection. Such a call is cancelled by a request only, and not
     * by closing its stream.
     */
    public static final String CALL = "io.longhaul/callId";

    /** Header of a stream with the id of its job, if this client alone may cancel that job. */
    public static final String JOB_HEADER = "Longhaul-Job";

    /** Progress of a task in numbers. */
    public static final String PROGRESS = "io.longhaul/progress";

    /** Warnings of names in the request that nobody reads. */
    public static final String WARNINGS = "io.longhaul/warnings";

    private LonghaulNames() {}
}
