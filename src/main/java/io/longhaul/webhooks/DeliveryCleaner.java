package io.longhaul.webhooks;

import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.housekeeping.QuarantiningBatches;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Gives up deliveries that no endpoint takes, and removes those that ended long ago. */
public final class DeliveryCleaner {
    /** Name of this housekeeping task. */
    public static final String TASK = "webhook-clean-up";

    private static final String GIVE_UP = "webhook-give-up";
    private static final int BATCH = 1000;
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final QuarantiningBatches untaken;
    private final QuarantiningBatches ended;

    /** Makes a cleaner; {@code telemetry} is told of rows that are set aside. */
    public DeliveryCleaner(Jdbi jdbi, Telemetry telemetry, WebhooksConfiguration configuration) {
        long seconds = configuration.retention().toSeconds();
        DeliveryClaims deliveries = jdbi.onDemand(DeliveryClaims.class);
        this.untaken = new QuarantiningBatches(GIVE_UP, BATCH, jdbi, telemetry, new Untaken(deliveries, seconds));
        this.ended = new QuarantiningBatches(TASK, BATCH, jdbi, telemetry, new Ended(deliveries, seconds));
    }

    private record Untaken(DeliveryClaims deliveries, long seconds) implements QuarantiningBatches.Rows {
        @Override
        public int apply(int limit, UUID[] only) {
            return deliveries.giveUp(seconds, limit, only);
        }

        @Override
        public List<UUID> next(int limit) {
            return deliveries.toGiveUp(seconds, limit);
        }
    }

    private record Ended(DeliveryClaims deliveries, long seconds) implements QuarantiningBatches.Rows {
        @Override
        public int apply(int limit, UUID[] only) {
            return deliveries.deleteEnded(seconds, limit, only);
        }

        @Override
        public List<UUID> next(int limit) {
            return deliveries.toDelete(seconds, limit);
        }
    }

    /**
     * Processes a batch.
     *
     * @return the wait until the next; zero if there may be more
     */
    public Duration clean() {
        boolean more = untaken.step();
        more |= ended.step();
        return more ? Duration.ZERO : INTERVAL;
    }
}
