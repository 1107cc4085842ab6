package io.longhaul.tools.settings;

import io.dropwizard.util.DataSize;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Range checks of configuration values; their messages name the setting and the cure. */
public final class Checks {
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");

    private Checks() {}

    public static void that(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new ToolConfigurationException(String.format(Locale.ROOT, message, arguments));
        }
    }

    public static void range(String setting, double value, double lowest, double highest) {
        that(
                value >= lowest && value <= highest,
                "%s is %s: write a value from %s to %s",
                setting,
                plain(value),
                plain(lowest),
                plain(highest));
    }

    /**
     * Checks a bound on bytes that are held in memory.
     *
     * @param least smallest size, such as 1KiB; the largest is 128 MiB
     * @return the size in bytes
     */
    public static int size(String setting, DataSize value, String least) {
        boolean holds = value.compareTo(DataSize.parse(least)) >= 0 && value.compareTo(DataSize.mebibytes(128)) <= 0;
        that(holds, "%s is %s: write a size from %s to 128MiB", setting, value, least);
        return (int) value.toBytes();
    }

    /** Checks the name of a header of requests. */
    public static void header(String setting, String name) {
        try {
            HttpRequest.newBuilder().header(name, "x");
        } catch (IllegalArgumentException e) {
            throw new ToolConfigurationException(
                    "%s '%s' cannot be set (%s): remove it or write another".formatted(setting, name, e.getMessage()),
                    e);
        }
    }

    /** Checks a header of requests. Its value may be secret, and Java's words quote it. */
    public static void header(String setting, String name, String value) {
        header(setting, name);
        that(
                isHeaderValue(value),
                "%s '%s' cannot be set (its value has a line break or a character beyond ASCII): write another",
                setting,
                name);
    }

    /** Whether a text arrives as it is as the value of a header. Java sends a question mark for each letter beyond ASCII. */
    public static boolean isHeaderValue(String text) {
        return HEADER_VALUE.matcher(text).matches();
    }

    /** Refuses a NUL character, with which no text can be given to a program. */
    public static void noNul(String setting, String text) {
        that(text.indexOf('\0') < 0, "%s holds a NUL character, which no program can be given: remove it", setting);
    }

    static void atLeastZero(String setting, Duration value) {
        that(!value.isNegative(), "%s is negative (%s): write a duration such as 5s", setting, value);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }
}
