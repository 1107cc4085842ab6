package io.longhaul.tools.settings;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bound on how many jobs of a tool begin per time on all nodes together: a token bucket that is refilled steadily. In
 * any period of t seconds at most {@code burst + perSecond * t} jobs begin.
 *
 * @param perSecond may be less than one
 * @param burst jobs that may begin at once after a pause
 */
public record StartRate(double perSecond, int burst) {
    private static final Pattern TEXT = Pattern.compile("\\s*(\\d{1,7})\\s*/\\s*(\\d*\\s*[a-z]+)\\s*");
    private static final String CURE = "write jobs per time such as 100/1m, or {per_second: 5, burst: 10}";

    /** Checks the ranges. */
    public StartRate {
        // The slowest is one job in about four months; the fastest is more than one row lock can give.
        Checks.range("rate.per_second", perSecond, 1e-7, 100_000);
        Checks.range("rate.burst", burst, 1, 1_000_000);
    }

    /** The default burst is the number of jobs per second. */
    @JsonCreator
    static StartRate of(@JsonProperty("per_second") Double perSecond, @JsonProperty("burst") Integer burst) {
        Checks.that(perSecond != null, "rate has no per_second: %s", CURE);
        return new StartRate(perSecond, burst == null ? second(perSecond) : burst);
    }

    /** Reads jobs per time, such as {@code 100/1m}, {@code 5/s} or {@code 1/12h}. */
    @JsonCreator
    static StartRate parse(String text) {
        Matcher parts = TEXT.matcher(text);
        Checks.that(parts.matches(), "rate is '%s': %s", text, CURE);
        double perSecond = Double.parseDouble(parts.group(1)) / seconds(text, parts.group(2));
        return new StartRate(perSecond, second(perSecond));
    }

    private static double seconds(String text, String time) {
        try {
            double seconds = Duration.parse(Character.isDigit(time.charAt(0)) ? time : "1" + time)
                            .toMilliseconds()
                    / 1000.0;
            Checks.that(seconds > 0, "rate is '%s': %s", text, CURE);
            return seconds;
        } catch (IllegalArgumentException e) {
            throw new ToolConfigurationException("rate is '%s': %s".formatted(text, CURE), e);
        }
    }

    private static int second(double perSecond) {
        return Math.max(1, (int) Math.ceil(perSecond));
    }
}
