package io.longhaul.outbound;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The header {@code Retry-After}. */
public final class RetryAfter {
    /** About 31 years: whoever reads the value has a limit that is far lower. */
    private static final long MOST = 999_999_999;

    private static final int MOST_DIGITS = 18;

    private RetryAfter() {}

    /** Reads its value, seconds or a date; empty for a date in the past and for any other text. */
    public static Optional<Duration> parse(String text) {
        if (text.matches("[0-9]+")) {
            return Optional.of(
                    Duration.ofSeconds(text.length() > MOST_DIGITS ? MOST : Math.min(MOST, Long.parseLong(text))));
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(Duration.between(Instant.now(), until)).filter(wait -> !wait.isNegative());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
