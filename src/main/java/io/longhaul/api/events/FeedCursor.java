package io.longhaul.api.events;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** Places in the feed of all jobs, as ids of events: microseconds since 1970. */
final class FeedCursor {
    private static final Pattern TEXT = Pattern.compile("[0-9]{10,17}");

    private FeedCursor() {}

    static String text(Instant place) {
        return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, place));
    }

    /** Null for what is no place: then the client is told what happens from now on. */
    static Instant parse(String text) {
        return text != null && TEXT.matcher(text).matches()
                ? Instant.EPOCH.plus(Long.parseLong(text), ChronoUnit.MICROS)
                : null;
    }
}
