package io.longhaul.ops;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Something that keeps PostgreSQL from removing dead rows.
 *
 * @param kind session, prepared transaction, replication slot or replica
 * @param owner what it is found by: a process id, a transaction's or slot's name
 * @param user its role, or null
 * @param application what it calls itself, or null
 * @param state as PostgreSQL shows it, such as {@code idle in transaction}; or null
 * @param age how long it has been open; of slots and replicas, how long this node has seen them stand still
 */
public record OpenTransaction(String kind, String owner, String user, String application, String state, Duration age) {
    /** One line that tells who it is. */
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

    /** As JSON shows it. */
    Map<String, Object> facts() {
        return Map.of(
                "kind",
                kind,
                "owner",
                owner,
                "user",
                user == null ? "" : user,
                "application",
                application == null ? "" : application,
                "state",
                state == null ? "" : state,
                "age_seconds",
                age.toSeconds());
    }
}
