package io.longhaul.schedules;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What becomes of times at which no node was there to run a schedule. */
public enum Misfire {
    /** They are left out. A run that is at most a minute late is not one of them. */
    SKIP,
    /** One run makes up for all of them. */
    RUN_ONCE,
    /** Each of them is made up for, up to {@link DueRuns#MOST} at once. */
    RUN_ALL;

    /**
     * The text used in SQL and JSON.
     *
     * @return the name in lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a label.
     *
     * @param label text such as {@code run_once}
     * @return the policy, or nothing for any other text
     */
    public static Optional<Misfire> fromLabel(String label) {
        return Arrays.stream(values()).filter(m -> m.label().equals(label)).findFirst();
    }

    /**
     * All labels.
     *
     * @return in the order of this enum
     */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Misfire::label).toList();
    }
}
