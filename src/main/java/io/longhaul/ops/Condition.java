package io.longhaul.ops;

import java.util.Map;
import java.util.Objects;

/**
 * One thing that must hold for a node to be ready, as it stands now.
 *
 * @param name what was looked at, such as {@code schema}
 * @param ok whether it holds
 * @param errorCode stable code of what is wrong, such as {@code DATABASE_MIGRATION_REQUIRED}; null if nothing is. A
 *     condition that holds and has a code is degraded: somebody should look, and the node goes on
 * @param message one sentence for people; never null
 * @param cure the command or action that helps; null if none is needed
 * @param details facts behind it, ready to be shown as JSON
 */
public record Condition(
        String name, boolean ok, String errorCode, String message, String cure, Map<String, Object> details) {
    /** The schema is not what this release needs: somebody has to migrate, or to repair what was changed by hand. */
    public static final String DATABASE_MIGRATION_REQUIRED = "DATABASE_MIGRATION_REQUIRED";

    /** The database does not answer. */
    public static final String DATABASE_UNAVAILABLE = "DATABASE_UNAVAILABLE";

    /** The database takes no writes: a standby, or set to read-only. */
    public static final String DATABASE_READ_ONLY = "DATABASE_READ_ONLY";

    /** The disk of the database is full. */
    public static final String DATABASE_FULL = "DATABASE_FULL";

    /** There are fewer connections to the database than are wanted. */
    public static final String CONNECTIONS_SHORT = "CONNECTIONS_SHORT";

    /** The node is stopping; what it has begun it still ends. */
    public static final String DRAINING = "DRAINING";

    /** A transaction keeps PostgreSQL from cleaning up: all goes on, slower and slower. */
    public static final String OLD_TRANSACTION = "OLD_TRANSACTION";

    /** Webhooks are not sent in time. */
    public static final String WEBHOOKS_LATE = "WEBHOOKS_LATE";

    /** Some webhooks are sent nothing any more, because they failed for too long. */
    public static final String WEBHOOKS_DISABLED = "WEBHOOKS_DISABLED";

    /** Housekeeping fails on some rows: all others go on. */
    public static final String ROWS_QUARANTINED = "ROWS_QUARANTINED";

    /** Calls of some tools go on although they were told to stop. */
    public static final String TOOLS_DO_NOT_STOP = "TOOLS_DO_NOT_STOP";

    /** Something is set on the database that makes jobs slow, or less safe than they could be. */
    public static final String DATABASE_SETTINGS = "DATABASE_SETTINGS";

    /** A condition that does not hold has a code. */
    public Condition {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(message, "message");
        if (!ok) {
            Objects.requireNonNull(errorCode, "errorCode");
        }
        details = Map.copyOf(details);
    }

    /**
     * Whether it holds, but somebody should look.
     *
     * @return false when all is well, and when it does not hold
     */
    public boolean degraded() {
        return ok && errorCode != null;
    }

    /**
     * A condition that holds.
     *
     * @param name what was looked at
     * @param message what was found
     * @return without code, cure and details
     */
    public static Condition holds(String name, String message) {
        return new Condition(name, true, null, message, null, Map.of());
    }

    /**
     * A condition that does not hold.
     *
     * @param name what was looked at
     * @param errorCode stable code
     * @param message what is wrong
     * @param cure what helps, or null
     * @return without details
     */
    public static Condition fails(String name, String errorCode, String message, String cure) {
        return new Condition(name, false, errorCode, message, cure, Map.of());
    }
}
