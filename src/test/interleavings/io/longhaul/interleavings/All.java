package io.longhaul.interleavings;

import io.longhaul.loops.WakeUpChecks;

/** Runs all checks; ends with 1 if one of them came out otherwise than expected. */
public final class All {
    private All() {}

    public static void main(String... args) {
        WakeUpChecks.run();
        System.exit(Check.isFailed() ? 1 : 0);
    }
}
