package io.longhaul.tools.settings;

import java.time.Duration;
import java.util.Locale;

/** Range checks of configuration values; their messages name the setting and the cure. */
public final class Checks {
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

    static void atLeastZero(String setting, Duration value) {
        that(!value.isNegative(), "%s is negative (%s): write a duration such as 5s", setting, value);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }
}
