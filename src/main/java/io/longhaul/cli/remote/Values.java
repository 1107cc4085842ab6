package io.longhaul.cli.remote;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Stack;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options and operands. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h|d)");
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** The longest that the API takes anywhere. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private Values() {}

    static boolean isDuration(String word) {
        return word != null && DURATION.matcher(word).matches();
    }

    static boolean isId(String word) {
        return ID.matcher(word).matches();
    }

    static Duration duration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            throw new TypeConversionException("\"" + text + "\" is no duration: write one such as 30s, 10m or 2h");
        }
        Duration duration = of(Long.parseLong(m.group(1)), m.group(2));
        if (duration.compareTo(LONGEST) > 0) {
            throw new TypeConversionException("\"" + text + "\" is longer than ten years (3650d)");
        }
        return duration;
    }

    /** How long a wait may last: a duration, or empty for no limit. */
    static Duration limit(String text) {
        return text.isEmpty() ? LONGEST : duration(text);
    }

    private static Duration of(long count, String unit) {
        return switch (unit) {
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

    /** Refuses a time in which nothing can be; either may be null. */
    static void requireSpan(Instant since, Instant until) {
        if (since != null && until != null && !since.isBefore(until)) {
            throw new Misuse("--since must be before --until");
        }
    }

    /** A duration such as {@code 30s}. */
    static final class OfDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return duration(text);
        }
    }

    /** How many elements of a list are shown: one or more. */
    static final class OfCount implements ITypeConverter<Integer> {
        private static final Pattern COUNT = Pattern.compile("0*[1-9][0-9]{0,8}");

        @Override
        public Integer convert(String text) {
            if (!COUNT.matcher(text).matches()) {
                throw new TypeConversionException("\"" + text + "\" is no number of lines: write 1 or more");
            }
            return Integer.valueOf(text);
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

    /** A name of a file. Java writes it in the encoding of the locale, which may not have its letters. */
    static final class OfPath implements ITypeConverter<Path> {
        @Override
        public Path convert(String text) {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new TypeConversionException(unusable(e));
            }
        }

        /** Cause and cure. */
        static String unusable(InvalidPathException e) {
            return "\"" + Text.plain(e.getInput())
                    + "\" cannot be the name of a file here; if LC_ALL is C, set it to C.UTF-8";
        }
    }

    /** A UUID as the API writes them. */
    static final class OfId implements ITypeConverter<UUID> {
        @Override
        public UUID convert(String text) {
            if (!isId(text)) {
                throw new TypeConversionException(
                        "\"" + text + "\" is not an id: an id has 36 characters. Lists such as"
                                + " job list show it; the console shows only its beginning in lists, and all of it on the page"
                                + " of the job");
            }
            return UUID.fromString(text);
        }
    }

    /** Takes the next word if it is a duration, so that {@code --wait} can stand alone. */
    static final class OptionalDuration extends OptionalValue {
        @Override
        void check(String word) {
            duration(word);
        }

        @Override
        Object value(String word) {
            return word == null ? "" : word;
        }
    }

    /** Takes the next word unless it is for something else: an option, a param, an action, or the first operand. */
    abstract static class OptionalValue implements IParameterConsumer {
        private static final Pattern OTHER = Pattern.compile("-.*|[^=]+=.*", Pattern.DOTALL);
        private static final Pattern NUMBER = Pattern.compile("[0-9]+");

        /** Refuses a word that is no value. */
        abstract void check(String word);

        /** What is set, of a word that was checked; null if there is none. */
        abstract Object value(String word);

        @Override
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            String word = words.isEmpty() || OTHER.matcher(words.peek()).matches() ? null : words.peek();
            try {
                if (word != null) {
                    check(word);
                    words.pop();
                }
            } catch (TypeConversionException e) {
                if (NUMBER.matcher(word).matches() || !isOperand(word, command)) {
                    String name = ((OptionSpec) option).longestName();
                    throw new ParameterException(
                            command.commandLine(), "Invalid value for option '" + name + "': " + e.getMessage());
                }
                word = null;
            }
            option.setValue(value(word));
        }

        private static boolean isOperand(String word, CommandSpec command) {
            return command.subcommands().containsKey(word)
                    || command.positionalParameters().stream().limit(1).anyMatch(first -> first.getValue() == null);
        }
    }
}
