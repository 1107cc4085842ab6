package io.longhaul.webhooks;

import java.util.List;

/** The events that endpoints can receive. */
public final class WebhookEvent {
    /** The ends of a job. */
    public static final List<String> OF_JOBS = List.of("job.completed", "job.failed", "job.cancelled");

    /** All jobs of a batch have ended. */
    public static final String BATCH_ENDED = "batch.ended";

    /** All events that an endpoint can select. */
    public static final List<String> ALL = List.of("job.completed", "job.failed", "job.cancelled", BATCH_ENDED);

    private WebhookEvent() {}
}
