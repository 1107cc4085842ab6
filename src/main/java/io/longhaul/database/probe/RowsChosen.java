package io.longhaul.database.probe;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A row of {@code housekeepers} that tells all nodes of a database to lock rows, beside advisory locks where the engine
 * has these. A node that finds no advisory locks writes it, and an operator may: two connections may share a machine
 * whose advisory locks another machine of the same engine does not see.
 */
final class RowsChosen {
    private static final String TASK = "locks:rows";

    private RowsChosen() {}

    static boolean isSet(Connection connection) throws SQLException {
        return RowLocks.may(connection, "housekeepers", "SELECT")
                && Queries.isTrue(connection, "SELECT EXISTS (SELECT FROM housekeepers WHERE task = '" + TASK + "')");
    }

    /** Sets it if the table is there. */
    static void set(Connection connection) throws SQLException {
        if (RowLocks.may(connection, "housekeepers", "INSERT")) {
            Queries.execute(
                    connection,
                    "INSERT INTO housekeepers (task, node_id) VALUES ('" + TASK + "', 0) ON CONFLICT DO NOTHING");
        }
    }
}
