package io.longhaul.schedules;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A policy for times at which no node could run a schedule; {@link DueRuns#at} applies it. */
public enum Misfire {
    /** Missed runs are left out. A run that is at most a minute late is not missed. */
    SKIP,
    /** One run makes up for all missed ones. */
    RUN_ONCE,
    /** Each missed run is made up for, up to {@link DueRuns#MOST} at once. */
    RUN_ALL;

    /** The text used in SQL and JSON: the name in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a label such as {@code run_once}. */
    public static Optional<Misfire> fromLabel(String label) {
        return Arrays.stream(values()).filter(m -> m.label().equals(label)).findFirst();
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Misfire::label).toList();
    }
}
