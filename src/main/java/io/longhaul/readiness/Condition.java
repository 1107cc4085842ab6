package io.longhaul.readiness;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One condition for a node to be ready, in its current state.
 *
 * @param name what was checked, such as {@code schema}
 * @param ok true if it holds
 * @param errorCode stable code of the problem, such as {@code DATABASE_MIGRATION_REQUIRED}; null if there is none. A
 *     condition that holds and has a code is degraded: someone should look, and the node goes on
 * @param message one sentence for people; never null
 * @param cure the command or action that helps; null if none is needed
 * @param details facts for JSON
 */
public record Condition(
        String name, boolean ok, String errorCode, String message, String cure, Map<String, Object> details) {
    /** The schema is not the one this release needs: someone has to migrate it, or to undo changes made by hand. */
    public static final String DATABASE_MIGRATION_REQUIRED = "DATABASE_MIGRATION_REQUIRED";

    /** The database does not answer. */
    public static final String DATABASE_UNAVAILABLE = "DATABASE_UNAVAILABLE";

    /** The database takes no writes: it is a standby, or set to read-only. */
    public static final String DATABASE_READ_ONLY = "DATABASE_READ_ONLY";

    /** The disk of the database is full. */
    public static final String DATABASE_FULL = "DATABASE_FULL";

    /** Fewer connections to the database are available than are needed. */
    public static final String CONNECTIONS_SHORT = "CONNECTIONS_SHORT";

    /** The node is stopping; it finishes its running jobs. */
    public static final String DRAINING = "DRAINING";

    /** A transaction keeps PostgreSQL from cleaning up, so everything becomes slower. */
    public static final String OLD_TRANSACTION = "OLD_TRANSACTION";

    /** Webhooks are not sent in time. */
    public static final String WEBHOOKS_LATE = "WEBHOOKS_LATE";

    /** Some webhooks are disabled, because they failed for too long. */
    public static final String WEBHOOKS_DISABLED = "WEBHOOKS_DISABLED";

    /** Housekeeping fails on some rows; all others are handled. */
    public static final String ROWS_QUARANTINED = "ROWS_QUARANTINED";

    /** Calls of some tools continue although they were told to stop. */
    public static final String TOOLS_DO_NOT_STOP = "TOOLS_DO_NOT_STOP";

    /** Settings of the database make jobs slow, or less safe than they could be. */
    public static final String DATABASE_SETTINGS = "DATABASE_SETTINGS";

    private static final Set<String> OF_DATABASE =
            Set.of(DATABASE_MIGRATION_REQUIRED, DATABASE_UNAVAILABLE, DATABASE_READ_ONLY, DATABASE_FULL);

    /** True if a code says that the database is not as it has to be, which may change at any time; null is no code. */
    public static boolean isOfDatabase(String code) {
        return code != null && OF_DATABASE.contains(code);
    }

    /** A condition that does not hold needs a code. */
    public Condition {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(message, "message");
        if (!ok) {
            Objects.requireNonNull(errorCode, "errorCode");
        }
        details = Map.copyOf(details);
    }

    /** True if it holds, but someone should look. */
    public boolean degraded() {
        return ok && errorCode != null;
    }

    /** A condition that holds, without code, cure and details. */
    public static Condition holds(String name, String message) {
        return new Condition(name, true, null, message, null, Map.of());
    }

    /** A condition that does not hold, with a stable code; the cure may be null. */
    public static Condition fails(String name, String errorCode, String message, String cure) {
        return new Condition(name, false, errorCode, message, cure, Map.of());
    }
}
