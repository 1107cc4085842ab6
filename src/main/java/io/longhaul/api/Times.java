package io.longhaul.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes times as every client can read them: ISO-8601 with offset and microseconds, always the same length. */
final class Times {
    // "+00:00" and not "Z": older Python clients cannot read the letter.
    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx").withZone(ZoneOffset.UTC);

    private Times() {}

    /** Such as {@code 2026-11-01T12:00:00.123456+00:00}; null stays null. */
    static String iso(Instant time) {
        return time == null ? null : ISO.format(time);
    }
}
