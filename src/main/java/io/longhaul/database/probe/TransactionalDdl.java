package io.longhaul.database.probe;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** Makes a table, rolls that back, and looks whether it is gone. */
final class TransactionalDdl {
    private TransactionalDdl() {}

    /** Leaves the connection outside autocommit mode. */
    static Finding trial(Connection connection) throws SQLException {
        String name = "longhaul_probe_" + UUID.randomUUID().toString().replace('-', '_');
        connection.setAutoCommit(false);
        // A role that serves may make no table, but mostly a temporary one.
        boolean lasting = Queries.isTrue(connection, "SELECT has_schema_privilege(current_schema(), 'CREATE')");
        Queries.execute(connection, "CREATE " + (lasting ? "" : "TEMPORARY ") + "TABLE " + name + " (id INTEGER)");
        connection.rollback();
        boolean gone = !Queries.hasTable(connection, name);
        connection.rollback();
        if (gone) {
            return Finding.yes(Capability.TRANSACTIONAL_DDL, "A table was gone after the rollback.");
        }
        Queries.execute(connection, "DROP TABLE " + name);
        connection.commit();
        return Finding.no(
                Capability.TRANSACTIONAL_DDL,
                "A table was still there after the rollback.",
                Finding.cure(Capability.TRANSACTIONAL_DDL));
    }
}
