package io.longhaul.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a database holds of our schema at one moment: the facts of its catalog and the changesets recorded as applied.
 *
 * @param schema the schema the connection works in, or null if its search path names none that exists
 * @param facts sorted; without Liquibase's own tables
 * @param applied in the order in which they were applied; empty if nothing was ever migrated
 * @param missingGrants what the role may not do, one fact for each table and sequence of the schema that it concerns
 */
public record CatalogSnapshot(String schema, List<Fact> facts, List<Changeset> applied, List<Fact> missingGrants) {
    /** Takes copies. */
    public CatalogSnapshot {
        facts = List.copyOf(facts);
        applied = List.copyOf(applied);
        missingGrants = List.copyOf(missingGrants);
    }

    /**
     * Reads the schema that the connection works in. Needs no right but SELECT on {@code databasechangelog}.
     *
     * <p>Catalog and changelog come from one repeatable-read snapshot, so that a migration that commits meanwhile is
     * seen whole or not at all.
     *
     * @param connection in autocommit mode, or in a transaction that has not begun; left as it was
     * @return the snapshot
     * @throws SQLException if the database cannot be reached or refuses to show the changelog
     */
    public static CatalogSnapshot read(Connection connection) throws SQLException {
        return read(connection, "");
    }

    /**
     * The same with the rights of another role.
     *
     * @param connection see {@link #read(Connection)}
     * @param role whose grants are looked at; empty for the connection's own
     * @return the snapshot
     * @throws SQLException also if there is no such role
     */
    static CatalogSnapshot read(Connection connection, String role) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return inTransaction(connection, role);
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
    }

    private static CatalogSnapshot read(Statement statement) throws SQLException {
        String schema = currentSchema(statement);
        if (schema == null) {
            return new CatalogSnapshot(null, List.of(), List.of(), List.of());
        }
        List<Changeset> applied = applied(statement);
        List<Fact> facts = new ArrayList<>();
        for (Map.Entry<Fact.Kind, String> query : CatalogQueries.all().entrySet()) {
            facts.addAll(facts(statement, query.getKey(), query.getValue()));
        }
        Collections.sort(facts);
        Map<Boolean, List<Fact>> grants =
                facts.stream().collect(Collectors.partitioningBy(fact -> fact.kind() == Fact.Kind.GRANT));
        return new CatalogSnapshot(schema, grants.get(false), applied, grants.get(true));
    }

    /** The same as the open transaction sees it, whose search path is narrowed to our schema until it ends. */
    static CatalogSnapshot inTransaction(Connection connection, String role) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            setRole(connection, role);
            return read(statement);
        }
    }

    private static void setRole(Connection connection, String role) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT set_config('longhaul.role', coalesce(nullif(?, ''), current_user), true)")) {
            statement.setString(1, role);
            statement.execute();
        }
    }

    /** Makes every session print alike: what prints without a schema is ours, and in quotes only if it has to be. */
    private static String currentSchema(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("""
                SELECT current_schema(),
                       set_config('longhaul.search_path', current_schemas(false)::text, true),
                       set_config('quote_all_identifiers', 'off', true),
                       set_config('search_path', quote_ident(current_schema()), true)
                """)) {
            row.next();
            return row.getString(1);
        }
    }

    private static List<Changeset> applied(Statement statement) throws SQLException {
        List<Changeset> applied = new ArrayList<>();
        if (!hasChangelog(statement)) {
            return applied;
        }
        try (ResultSet row = statement.executeQuery("""
                SELECT id, author, filename, comments
                FROM databasechangelog
                ORDER BY orderexecuted, dateexecuted, id
                """)) {
            while (row.next()) {
                applied.add(Changeset.of(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
            }
        }
        return applied;
    }

    private static boolean hasChangelog(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT to_regclass('databasechangelog') IS NOT NULL")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static List<Fact> facts(Statement statement, Fact.Kind kind, String query) throws SQLException {
        List<Fact> facts = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                facts.add(new Fact(kind, row.getString(1), attributes(row)));
            }
        }
        return facts;
    }

    private static Map<String, String> attributes(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        Map<String, String> attributes = new TreeMap<>();
        for (int i = 2; i <= columns.getColumnCount(); i++) {
            String value = row.getString(i);
            if (value != null) {
                // One fact is one line: white space inside a definition means nothing.
                attributes.put(columns.getColumnLabel(i), value.replaceAll("\\s+", " "));
            }
        }
        return attributes;
    }
}
