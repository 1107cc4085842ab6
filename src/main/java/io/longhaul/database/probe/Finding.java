package io.longhaul.database.probe;

/**
 * What the probe found out about one capability.
 *
 * @param capability what was tried
 * @param answer whether the engine has it
 * @param message what was seen, in one sentence
 * @param cure what to do if it is missing; empty if nothing has to be done
 */
public record Finding(Capability capability, Answer answer, String message, String cure) {
    /** Whether an engine has a capability. */
    public enum Answer {
        YES,
        NO,
        /** It could not be tried; the message says why. */
        UNKNOWN
    }

    static Finding yes(Capability capability, String message) {
        return new Finding(capability, Answer.YES, message, "");
    }

    static Finding no(Capability capability, String message, String cure) {
        return new Finding(capability, Answer.NO, message, cure);
    }

    static Finding unknown(Capability capability, String message) {
        return new Finding(capability, Answer.UNKNOWN, message, "");
    }

    /** What to do about an engine that lacks something. */
    static String cure(Capability capability) {
        return switch (capability) {
            case NOTIFICATIONS -> "Nothing has to be done: nodes poll (workers.poll).";
            case ADVISORY_LOCKS -> "Nothing has to be done: nodes lock rows instead. Migrations need them.";
            default -> otherEngine(capability);
        };
    }

    static String otherEngine(Capability capability) {
        return "Let DATABASE_URL name a PostgreSQL, 13 or newer, or an engine that has " + capability.label()
                + "; docs/scaling.md names some.";
    }

    boolean refuses() {
        return capability.isNeeded() && answer == Answer.NO;
    }
}
