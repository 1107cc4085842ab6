package io.longhaul.console;

import io.longhaul.api.http.Times;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes times, durations and numbers for people. */
public final class Words {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Words() {}

    /** Such as {@code 12 ms}, {@code 3.4 s}, {@code 2 min 5 s}, {@code 3 h 12 min}, {@code 2 d 4 h}. */
    public static String duration(Duration length) {
        if (length == null) {
            return "";
        }
        long millis = Math.max(0, length.toMillis());
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 10_000) {
            return String.format(Locale.ROOT, "%.1f s", Math.floor(millis / 100.0) / 10);
        }
        long seconds = millis / 1_000;
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        return seconds < 86_400
                ? two(seconds / 3_600, "h", seconds % 3_600 / 60, "min")
                : two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h");
    }

    private static String two(long many, String unit, long rest, String smaller) {
        return many + " " + unit + (rest == 0 ? "" : " " + rest + " " + smaller);
    }

    /** The length in one unit, such as {@code 3 min}. */
    public static String rough(Duration length) {
        long seconds = Math.abs(length.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min";
        }
        return seconds < 86_400 ? seconds / 3_600 + " h" : seconds / 86_400 + " d";
    }

    /** Such as {@code 3 min ago} or {@code in 2 h}. */
    public static String ago(Instant time, Instant now) {
        Duration since = Duration.between(time, now);
        if (Math.abs(since.toSeconds()) < 2) {
            return "now";
        }
        return since.isNegative() ? "in " + rough(since) : rough(since) + " ago";
    }

    /** The exact time, for machines. */
    public static String iso(Instant time) {
        return Times.iso(time);
    }

    /** The time to the second, for people. */
    public static String clock(Instant time) {
        return time.isAfter(Instant.parse("9999-12-31T00:00:00Z")) ? "never" : CLOCK.format(time);
    }

    /** The time of day to the minute, in UTC. */
    public static String minute(Instant time) {
        return SECOND.format(time).substring(0, 5);
    }

    /** The time of day to the millisecond. */
    public static String second(Instant time) {
        return SECOND.format(time);
    }

    /** A number with narrow spaces between thousands. */
    public static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', '\u202f');
    }

    /** Such as {@code 1 job} and {@code 3 jobs}. */
    public static String count(long number, String one, String many) {
        return number(number) + " " + (number == 1 ? one : many);
    }

    /** Such as {@code 12.3 KiB}. */
    public static String bytes(long bytes) {
        if (bytes < 1_024) {
            return bytes + " bytes";
        }
        double size = bytes / 1024.0;
        return size < 1_024
                ? String.format(Locale.ROOT, "%.1f KiB", size)
                : String.format(Locale.ROOT, "%.1f MiB", size / 1_024);
    }

    /** The first line of a text, shortened. */
    public static String line(String text, int most) {
        if (text == null) {
            return "";
        }
        String first = text.strip().split("\\R", 2)[0];
        return first.length() <= most ? first : first.substring(0, most - 1) + "…";
    }
}
