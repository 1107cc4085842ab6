package io.longhaul.schema.catalog;

import io.longhaul.schema.Changeset;
import io.longhaul.schema.Queries;
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
 * The live catalog: facts about this service's schema as the database holds it at one moment, and the changesets
 * recorded as applied. The stored expectation it is compared with, one file for each level, is written by a test
 * (LevelFilesTest).
 *
 * @param path where the search path of the connection leads
 * @param facts sorted; without Liquibase's own tables
 * @param applied in the order in which they were applied; empty if nothing was ever migrated
 * @param missingGrants privileges that the role lacks, one fact for each table and sequence of the schema
 */
public record CatalogSnapshot(
        SearchPath path, List<CatalogFact> facts, List<Changeset> applied, List<CatalogFact> missingGrants) {
    /** The schema the connection works in; null if its search path names none that exists. */
    public String schema() {
        return path.schema();
    }

    public CatalogSnapshot {
        facts = List.copyOf(facts);
        applied = List.copyOf(applied);
        missingGrants = List.copyOf(missingGrants);
    }

    /**
     * Reads the schema that the connection works in. Needs no right but SELECT on {@code databasechangelog}.
     *
     * <p>Catalog and changelog come from one repeatable-read snapshot, so that a migration that commits meanwhile is
     * seen completely or not at all.
     *
     * @param connection in autocommit mode, or in a transaction that has not begun; left as it was
     * @throws SQLException if the database cannot be reached or refuses to show the changelog
     */
    public static CatalogSnapshot read(Connection connection) throws SQLException {
        return read(connection, "");
    }

    /**
     * Reads the schema with the grants of another role.
     *
     * @param connection see {@link #read(Connection)}
     * @param role empty for the connection's own
     * @throws SQLException also if there is no such role
     */
    public static CatalogSnapshot read(Connection connection, String role) throws SQLException {
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

    private static CatalogSnapshot read(Connection connection, Statement statement) throws SQLException {
        SearchPath path = SearchPath.read(connection);
        if (path.schema() == null) {
            return new CatalogSnapshot(path, List.of(), List.of(), List.of());
        }
        narrow(statement);
        List<Changeset> applied = applied(connection, statement);
        List<CatalogFact> facts = new ArrayList<>();
        for (Map.Entry<CatalogFact.Kind, String> query : CatalogQueries.all().entrySet()) {
            facts.addAll(facts(statement, query.getKey(), query.getValue()));
        }
        Collections.sort(facts);
        Map<Boolean, List<CatalogFact>> grants =
                facts.stream().collect(Collectors.partitioningBy(fact -> fact.is(CatalogFact.Kind.GRANT)));
        return new CatalogSnapshot(path, grants.get(false), applied, grants.get(true));
    }

    /** Reads the schema within the open transaction, whose search path is narrowed to that schema until it ends. */
    public static CatalogSnapshot inTransaction(Connection connection, String role) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            setRole(connection, role);
            return read(connection, statement);
        }
    }

    /** Tables of the changelog whose publication refuses changes. */
    public static List<CatalogFact> published(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return facts(statement, CatalogFact.Kind.PUBLISHED, CatalogQueries.PUBLISHED);
        }
    }

    private static void setRole(Connection connection, String role) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT set_config('longhaul.role', coalesce(nullif(?, ''), current_user), true)")) {
            statement.setString(1, role);
            statement.execute();
        }
    }

    /**
     * Makes every session print alike: without a schema name for objects of this schema, and with quotes only where
     * needed.
     */
    private static void narrow(Statement statement) throws SQLException {
        statement.execute("""
                SELECT set_config('longhaul.search_path', current_schemas(false)::text, true),
                       set_config('quote_all_identifiers', 'off', true),
                       set_config('search_path', quote_ident(current_schema()), true)
                """);
    }

    private static List<Changeset> applied(Connection connection, Statement statement) throws SQLException {
        List<Changeset> applied = new ArrayList<>();
        if (!Queries.hasTable(connection, "databasechangelog")) {
            return applied;
        }
        try (ResultSet row = statement.executeQuery("""
                SELECT id, author, filename, comments
                FROM databasechangelog
                WHERE %s
                ORDER BY orderexecuted, dateexecuted, id
                """.formatted(Changeset.OURS))) {
            while (row.next()) {
                applied.add(Changeset.of(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
            }
        }
        return applied;
    }

    private static List<CatalogFact> facts(Statement statement, CatalogFact.Kind kind, String query)
            throws SQLException {
        List<CatalogFact> facts = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                facts.add(new CatalogFact(kind, row.getString(1), attributes(row)));
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
                // One fact is one line; white space inside a definition has no meaning.
                attributes.put(columns.getColumnLabel(i), value.replaceAll("\\s+", " "));
            }
        }
        return attributes;
    }
}
