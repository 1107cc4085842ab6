package io.longhaul.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Rows of an older system whose status contradicts the time of their end. {@code jobs_ended} is not validated for them, but
 * refuses to write them again, so a migration that writes them stops.
 */
public final class Contradictions {
    /** Takes the time of the end from jobs that have not ended. */
    private static final String NOT_ENDED =
            "UPDATE jobs SET completed_at = NULL WHERE status IN ('pending', 'running') AND completed_at IS NOT NULL;";

    /** Gives ended jobs a time. */
    private static final String ENDED = "UPDATE jobs SET completed_at = COALESCE(started_at, created_at)"
            + " WHERE status IN ('completed', 'failed', 'cancelled') AND completed_at IS NULL;";

    private Contradictions() {}

    /** The statements to run before migrating from the schema of the predecessor; every migration writes its pending rows. */
    public static List<String> repairs(Connection connection) throws SQLException {
        boolean stops = Queries.isTrue(
                connection, "SELECT EXISTS (SELECT FROM jobs WHERE status = 'pending' AND completed_at IS NOT NULL)");
        return stops ? List.of(NOT_ENDED) : List.of();
    }

    /** The cure of a violation; empty if another check is violated. */
    static String cure(String message) {
        return message.contains("\"jobs_ended\"")
                ? "An older system wrote rows whose status contradicts the time of their end. As owner of the table run "
                        + NOT_ENDED + " " + ENDED + " Then run the command again."
                : "";
    }
}
