package io.longhaul.telemetry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The values of a label of metrics. Each value is a time series that Prometheus keeps for weeks, so only the first ones
 * keep their names; all others are shown together as "other".
 */
public final class BoundedLabel {
    /** The value of all that came too late. */
    public static final String OTHER = "other";

    private final int most;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** @param most number of values that keep their names */
    public BoundedLabel(int most) {
        this.most = most;
    }

    /** The value to show for this one. */
    public String of(String value) {
        return known.contains(value) || isTaken(value) ? value : OTHER;
    }

    /** All values that have been shown by their names. */
    public Set<String> known() {
        return Set.copyOf(known);
    }

    private synchronized boolean isTaken(String value) {
        if (known.size() < most) {
            known.add(value);
        }
        return known.contains(value);
    }
}
