package io.longhaul.database.probe;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Finds out whether each connection keeps a session, by the process that serves it. A pooler with many idle sessions
 * may hide itself from this: it cannot be ruled out.
 */
final class Sessions {
    private static final String PROCESS = "SELECT pg_backend_pid()";

    /** Other clients of a pooler may take the session that would give it away, so one look is not enough. */
    private static final int LOOKS = 10;

    private Sessions() {}

    /** False if two connections were served by one process, or one connection by two. */
    static boolean areApart(Connection one, Connection other) throws SQLException {
        boolean apart = true;
        for (int look = 0; apart && look < LOOKS; look++) {
            apart = wereApart(one, other);
        }
        return apart;
    }

    private static boolean wereApart(Connection one, Connection other) throws SQLException {
        String before = Queries.first(one, PROCESS);
        other.setAutoCommit(false);
        try {
            String during = Queries.first(other, PROCESS);
            return !during.equals(before) && before.equals(Queries.first(one, PROCESS));
        } finally {
            other.rollback();
            other.setAutoCommit(true);
        }
    }

    static Finding finding(boolean apart) {
        return apart
                ? Finding.yes(Capability.SESSIONS, "Two connections kept a session each.")
                : Finding.no(
                        Capability.SESSIONS,
                        "A pooler in transaction mode is in between: two connections shared a session.",
                        "Set DATABASE_POOLED=true, and DATABASE_DIRECT_URL to the server's own address.");
    }
}
