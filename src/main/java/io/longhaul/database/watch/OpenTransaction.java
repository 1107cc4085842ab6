package io.longhaul.database.watch;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A transaction, slot or replica that keeps PostgreSQL from removing dead rows.
 *
 * @param kind session, prepared transaction, replication slot or replica
 * @param owner a process id, or the name of a transaction or slot
 * @param user its role, or null
 * @param application its application name, or null
 * @param state as PostgreSQL shows it, such as {@code idle in transaction}; or null
 * @param age the time it has been open; for slots and replicas, the time this node has seen them unchanged
 */
public record OpenTransaction(String kind, String owner, String user, String application, String state, Duration age) {
    /** Describes it in one line. */
    String who() {
        return kind + " "
                + Stream.of(owner, user == null ? null : "of " + user, application, state)
                        .filter(part -> part != null && !part.isEmpty())
                        .collect(Collectors.joining(", "));
    }

    /** The command that ends it. */
    String cure() {
        return switch (kind) {
            case "prepared transaction" -> "ROLLBACK PREPARED '" + owner + "' (or COMMIT PREPARED)";
            case "replication slot" ->
                "Start the slot's consumer, or SELECT pg_drop_replication_slot('" + owner
                        + "') if it has none any more";
            case "replica" -> "End the long query on the replica, or set hot_standby_feedback = off there";
            default -> "SELECT pg_terminate_backend(" + owner + ")";
        };
    }

    /** Its properties for JSON. */
    Map<String, Object> facts() {
        return Map.ofEntries(
                Map.entry("kind", kind),
                Map.entry("owner", owner),
                Map.entry("user", Objects.requireNonNullElse(user, "")),
                Map.entry("application", Objects.requireNonNullElse(application, "")),
                Map.entry("state", Objects.requireNonNullElse(state, "")),
                Map.entry("age_seconds", age.toSeconds()));
    }
}
