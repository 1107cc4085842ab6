package io.longhaul.schema.migrate;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Queries;
import io.longhaul.schema.ServerMessage;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.ExtraRules;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Liquibase's two tables, of which the first has no primary key. A published table without replica identity refuses
 * every UPDATE and DELETE, so tags and rollbacks fail. It gets a replica identity before anything is changed.
 */
final class ChangelogTables {
    /** No replica identity; a replica identity too small for the published columns or rows. */
    private static final Set<String> REFUSED = Set.of("55000", "42P10");

    private final Connection connection;

    /** @param connection in autocommit mode, working in the schema of the tables */
    ChangelogTables(Connection connection) {
        this.connection = connection;
    }

    /** True if a publication makes one of the tables refuse changes. */
    boolean refuse() throws SQLException {
        return refusal() != null;
    }

    /**
     * Gives the changelog a replica identity, if it has none. Waits for a lock as long as the session's settings say.
     */
    void identify() throws SQLException {
        if (Queries.isTrue(connection, """
                SELECT c.relreplident NOT IN ('f', 'i')
                       AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
                       AND pg_has_role(c.relowner, 'USAGE')
                FROM pg_class c
                WHERE c.oid = to_regclass('databasechangelog')
                """)) {
            Queries.execute(connection, "ALTER TABLE databasechangelog REPLICA IDENTITY FULL");
        }
    }

    /** Fails if a publication makes the tables refuse changes: before anything is changed, not in the middle. */
    void requireChangeable() throws SQLException, CommandFailure {
        SQLException refusal = refusal();
        if (refusal != null) {
            throw new CommandFailure(ServerMessage.of(refusal).text().replaceFirst("\\.$", "") + ". " + cure()
                    + " Nothing was changed.");
        }
    }

    private String cure() throws SQLException {
        String repairs = CatalogSnapshot.published(connection).stream()
                .map(new ExtraRules(List.of())::repair)
                .collect(Collectors.joining(" "));
        return repairs.isEmpty()
                ? "Take the table out of the publication, as its owner."
                : "As the owner of the table and the publication: " + repairs + " Or take it out of the publication.";
    }

    /** PostgreSQL refuses the statement before it looks for rows. */
    private SQLException refusal() throws SQLException {
        for (String table : List.of("databasechangelog", "databasechangeloglock")) {
            if (!Queries.hasTable(connection, table)) {
                continue;
            }
            try {
                Queries.execute(connection, "UPDATE " + table + " SET id = id WHERE FALSE");
                Queries.execute(connection, "DELETE FROM " + table + " WHERE FALSE");
            } catch (SQLException e) {
                if (REFUSED.contains(String.valueOf(e.getSQLState()))) {
                    return e;
                }
                if (!"42501".equals(e.getSQLState())) {
                    throw e;
                }
            }
        }
        return null;
    }
}
