package io.longhaul.api.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Formats times for all clients: ISO-8601 with offset and microseconds, always the same length. */
public final class Times {
    // "+00:00" and not "Z": older Python clients cannot read the letter.
    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx").withZone(ZoneOffset.UTC);

    // PostgreSQL has infinity, and years that most clients cannot read.
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private Times() {}

    /** Such as {@code 2026-11-01T12:00:00.123456+00:00}; null for null, and the end of the year 9999 for infinity. */
    public static String iso(Instant time) {
        if (time == null) {
            return null;
        }
        return ISO.format(time.isAfter(LATEST) ? LATEST : time.isBefore(EARLIEST) ? EARLIEST : time);
    }
}
