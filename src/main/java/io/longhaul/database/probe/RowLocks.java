package io.longhaul.database.probe;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Locks a row with one connection and lets the other pass it over. The row must be one that both see, so it is one of
 * ours; a lock changes nothing in it.
 */
final class RowLocks {
    /** A table with its key, and which of its rows nobody waits for. */
    private record Rows(String table, String key, String which) {}

    /** Small ones, with rows once a node has run. */
    private static final List<Rows> OURS =
            List.of(new Rows("housekeepers", "task", "node_id > 0"), new Rows("nodes", "id", "TRUE"));

    /** PostgreSQL: the lock was not granted in time. */
    private static final String WAITED = "55P03";

    private RowLocks() {}

    static Finding trial(Connection one, Connection other) throws SQLException {
        for (Rows rows : OURS) {
            Optional<String> row = isUsable(one, rows) ? lock(one, rows, rows.which()) : Optional.empty();
            if (row.isPresent()) {
                return passedOver(other, rows, row.get());
            }
        }
        return Finding.unknown(Capability.SKIP_LOCKED, "There is no row yet that two connections could lock.");
    }

    private static boolean isUsable(Connection connection, Rows rows) throws SQLException {
        return may(connection, rows.table(), "SELECT") && may(connection, rows.table(), "UPDATE");
    }

    /** True if there is such a table and the role has this privilege on it. */
    static boolean may(Connection connection, String table, String privilege) throws SQLException {
        return Queries.isTrue(
                connection, "SELECT has_table_privilege(to_regclass('" + table + "')::oid, '" + privilege + "')");
    }

    private static Optional<String> lock(Connection connection, Rows rows, String where) throws SQLException {
        return Optional.ofNullable(Queries.first(
                connection,
                "SELECT " + rows.key() + "::text FROM " + rows.table() + " WHERE " + where
                        + " LIMIT 1 FOR UPDATE SKIP LOCKED"));
    }

    private static Finding passedOver(Connection other, Rows rows, String row) throws SQLException {
        Queries.execute(other, "SET LOCAL lock_timeout = '1s'");
        try {
            return lock(other, rows, rows.key() + "::text = '" + row.replace("'", "''") + "'")
                            .isEmpty()
                    ? Finding.yes(Capability.SKIP_LOCKED, "A second connection passed over a locked row.")
                    : lacking("Two connections locked the same row.");
        } catch (SQLException e) {
            if (WAITED.equals(e.getSQLState())) {
                return lacking("A second connection waited for a locked row instead of passing over it.");
            }
            throw e;
        }
    }

    private static Finding lacking(String message) {
        return Finding.no(Capability.SKIP_LOCKED, message, Finding.cure(Capability.SKIP_LOCKED));
    }
}
