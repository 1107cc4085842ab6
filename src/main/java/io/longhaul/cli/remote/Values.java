package io.longhaul.cli.remote;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Stack;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options and operands. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h|d)");
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Values() {}

    static boolean isDuration(String word) {
        return word != null && DURATION.matcher(word).matches();
    }

    static Duration duration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            throw new TypeConversionException("\"" + text + "\" is no duration: write one such as 30s, 10m or 2h");
        }
        long count = Long.parseLong(m.group(1));
        return switch (m.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    private static Instant time(String text, int direction) {
        if (isDuration(text)) {
            return Instant.now().plus(duration(text).multipliedBy(direction));
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException(
                    "\"" + text + "\" is no time: write one such as 2026-01-31T12:00:00Z, or a duration such as 2h");
        }
    }

    /** A duration such as {@code 30s}. */
    static final class OfDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return duration(text);
        }
    }

    /** A time, or a duration before now. */
    static final class OfPast implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            return time(text, -1);
        }
    }

    /** A time, or a duration from now on. */
    static final class OfFuture implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            return time(text, 1);
        }
    }

    /** A UUID as the API writes them. */
    static final class OfId implements ITypeConverter<UUID> {
        @Override
        public UUID convert(String text) {
            if (!ID.matcher(text).matches()) {
                throw new TypeConversionException("\"" + text + "\" is not an id: ids have 36 characters, and the list"
                        + " of these things shows them");
            }
            return UUID.fromString(text);
        }
    }

    /** Takes the next word only if it is a duration, so that {@code --wait} can stand alone. */
    static final class OptionalDuration implements picocli.CommandLine.IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            option.setValue(!words.isEmpty() && isDuration(words.peek()) ? words.pop() : "");
        }
    }
}
