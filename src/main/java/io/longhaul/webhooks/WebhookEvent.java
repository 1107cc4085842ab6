package io.longhaul.webhooks;

import java.util.List;

/** What endpoints can be told. */
public final class WebhookEvent {
    /** The ends of a job. */
    public static final List<String> OF_JOBS = List.of("job.completed", "job.failed", "job.cancelled");

    /** All jobs of a batch have ended. */
    public static final String BATCH_ENDED = "batch.ended";

    /** All that an endpoint can ask for. */
    public static final List<String> ALL = List.of("job.completed", "job.failed", "job.cancelled", BATCH_ENDED);

    /** What an endpoint is sent when somebody wants to see whether it answers. */
    public static final String TEST = "webhook.test";

    private WebhookEvent() {}
}
