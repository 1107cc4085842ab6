package io.longhaul.events;

import io.longhaul.jobs.JobChange;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

/**
 * A place in the feed of changes.
 *
 * @param at its time, or null for that of whoever is up to date
 * @param after of the changes of that time, those with higher ids follow
 */
record FeedPosition(Instant at, UUID after) {
    static final FeedPosition LIVE = new FeedPosition(null, null);

    private static final UUID FIRST = new UUID(0, 0);

    /** Before all changes of that time. */
    static FeedPosition at(Instant time) {
        return new FeedPosition(time, FIRST);
    }

    static FeedPosition of(JobChange change) {
        return new FeedPosition(change.at(), change.id());
    }

    boolean isLive() {
        return at == null;
    }

    /** This place, or that of a later time. */
    FeedPosition orLater(Instant time) {
        return time.isAfter(at) ? at(time) : this;
    }

    OffsetDateTime time() {
        return at.atOffset(ZoneOffset.UTC);
    }
}
