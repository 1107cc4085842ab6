package io.longhaul.webhooks;

import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/** Gives up deliveries that no endpoint takes, and removes those that ended long ago. */
public final class DeliveryCleaner {
    /** Name of this housekeeping task. */
    public static final String TASK = "webhook-clean-up";

    private static final int BATCH = 1000;
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Jdbi jdbi;
    private final long retentionSeconds;

    public DeliveryCleaner(Jdbi jdbi, WebhooksConfiguration configuration) {
        this.jdbi = jdbi;
        this.retentionSeconds = configuration.retention().toSeconds();
    }

    /**
     * Processes a batch.
     *
     * @return the wait until the next; zero if there may be more
     */
    public Duration clean() {
        int givenUp = jdbi.withExtension(DeliveryClaims.class, d -> d.giveUp(retentionSeconds, BATCH));
        int removed = jdbi.withExtension(DeliveryClaims.class, d -> d.deleteEnded(retentionSeconds, BATCH));
        return Math.max(givenUp, removed) >= BATCH ? Duration.ZERO : INTERVAL;
    }
}
