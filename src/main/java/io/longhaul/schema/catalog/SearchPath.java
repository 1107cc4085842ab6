package io.longhaul.schema.catalog;

import io.longhaul.schema.Changeset;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Queries;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The search path of a session, and the schema it leads to: PostgreSQL works in the first schema of the path that
 * exists.
 *
 * @param schema the schema that the session works in; null if there is none
 * @param role the role of the session
 * @param missing names on the path before that schema that are not schemas
 * @param forbidden schemas on the path before that schema that the role may not use
 * @param recorded true if the schema holds changesets of this service
 * @param elsewhere schemas further on the path that hold changesets of this service
 */
public record SearchPath(
        String schema,
        String role,
        List<String> missing,
        List<String> forbidden,
        boolean recorded,
        List<String> elsewhere) {
    private static final String USER = "$user";
    private static final String NOWHERE =
            "The schema named by the connection does not exist, or the role may not use it: ";

    public static SearchPath read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT current_schema(), current_user, current_setting('search_path')")) {
            row.next();
            String schema = row.getString(1);
            List<String> before = before(names(row.getString(3)), schema);
            List<String> missing = new ArrayList<>();
            List<String> forbidden = new ArrayList<>();
            sort(connection, before, missing, forbidden);
            List<String> ours = ours(connection);
            boolean recorded = ours.remove(schema);
            return new SearchPath(schema, row.getString(2), missing, forbidden, recorded, ours);
        }
    }

    /** The reason not to work in this schema, and its cure; empty if all is well. */
    public Optional<Diagnosis> problem() {
        if (schema == null || (!recorded && elsewhere.isEmpty() && astray())) {
            return Optional.of(new Diagnosis(NOWHERE + reason(), remedy()));
        }
        if (schema.startsWith("pg_") || schema.equals("information_schema")) {
            return Optional.of(new Diagnosis(
                    "The search path leads to schema " + schema + ", which is PostgreSQL's own",
                    "Name yours with ?currentSchema= in DATABASE_URL"));
        }
        if (schema.contains("\"")) {
            return Optional.of(new Diagnosis(
                    "The name of schema " + schema + " has a quotation mark in it, which migrations cannot write",
                    "ALTER SCHEMA " + Repairs.ident(schema)
                            + " RENAME TO a name without one, and name that with ?currentSchema= in DATABASE_URL"));
        }
        return recorded || elsewhere.isEmpty() ? Optional.empty() : Optional.of(movedOn());
    }

    /**
     * Removes all other schemas from the session's path, so that none of their objects is mistaken for this service's.
     *
     * @param exitCode of the command if the path leads to a schema that cannot be meant
     */
    public void enter(Connection connection, int exitCode) throws SQLException, CommandFailure {
        enter(connection, exitCode, problem());
    }

    /** Enters the schema for a command that changes it, see {@link #problemOfChanges}. */
    public void enterToChange(Connection connection) throws SQLException, CommandFailure {
        enter(connection, CommandFailure.FAILED, problemOfChanges());
    }

    private static void enter(Connection connection, int exitCode, Optional<Diagnosis> problem)
            throws SQLException, CommandFailure {
        if (problem.isPresent()) {
            throw new CommandFailure(exitCode, problem.get().text() + ". Nothing was changed.");
        }
        Queries.execute(connection, "SELECT set_config('search_path', quote_ident(current_schema()), false)");
    }

    /** The stricter check for commands that change the schema: they must not change a schema that is not meant. */
    public Optional<Diagnosis> problemOfChanges() {
        if (recorded && !elsewhere.isEmpty()) {
            return Optional.of(new Diagnosis(
                    "Schema " + schema + " and schema " + elsewhere.get(0)
                            + " are both on the search path, and both were migrated for this service",
                    "Choose one: ?currentSchema=" + schema + " or ?currentSchema=" + elsewhere.get(0)
                            + " in DATABASE_URL"));
        }
        return problem();
    }

    private Diagnosis movedOn() {
        return new Diagnosis(
                "The search path leads to schema " + schema
                        + ", where this service has no tables, and its changelog is in schema " + elsewhere.get(0)
                        + ", further on the path",
                "Set ?currentSchema=" + elsewhere.get(0) + " in DATABASE_URL, or ?currentSchema=" + schema
                        + " to start with an empty schema there");
    }

    private boolean astray() {
        return !missing.isEmpty() || !forbidden.isEmpty();
    }

    private String reason() {
        if (!missing.isEmpty()) {
            return "there is no schema " + missing.get(0);
        }
        return forbidden.isEmpty()
                ? "the search path of role " + role + " names none"
                : "role " + role + " may not use schema " + forbidden.get(0);
    }

    private String remedy() {
        String to = Repairs.ident(role);
        if (!missing.isEmpty()) {
            return "CREATE SCHEMA " + Repairs.ident(missing.get(0)) + " AUTHORIZATION " + to
                    + " as the database's owner, or name another one with ?currentSchema= in DATABASE_URL";
        }
        return forbidden.isEmpty()
                ? "Name one with ?currentSchema= in DATABASE_URL"
                : "GRANT USAGE, CREATE ON SCHEMA " + Repairs.ident(forbidden.get(0)) + " TO " + to
                        + " as the schema's owner, or name another one with ?currentSchema= in DATABASE_URL";
    }

    /**
     * The names on the path before the schema. {@code $user} is left out, because most roles have no schema of their
     * own.
     */
    private static List<String> before(List<String> path, String schema) {
        int end = schema == null ? path.size() : path.indexOf(schema);
        return path.subList(0, Math.max(end, 0)).stream()
                .filter(name -> !name.equals(USER) && !name.startsWith("pg_"))
                .toList();
    }

    private static void sort(Connection connection, List<String> names, List<String> missing, List<String> forbidden)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT n.name, to_regnamespace(quote_ident(n.name)) IS NULL
                FROM unnest(?::text[]) WITH ORDINALITY n (name, position)
                ORDER BY n.position
                """)) {
            Array array = connection.createArrayOf("text", names.toArray());
            statement.setArray(1, array);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    (row.getBoolean(2) ? missing : forbidden).add(row.getString(1));
                }
            }
        }
    }

    /** Schemas on the path whose changelog holds changesets of this service, as far as the role may read it. */
    private static List<String> ours(Connection connection) throws SQLException {
        List<String> ours = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT n.nspname, quote_ident(n.nspname)
                        FROM pg_class c
                        JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE c.relname = 'databasechangelog'
                          AND c.relkind IN ('r', 'p', 'v')
                          AND n.nspname = ANY (current_schemas(false))
                          AND has_table_privilege(c.oid, 'SELECT')
                          AND 2 = (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('author', 'filename'))
                        ORDER BY array_position(current_schemas(false), n.nspname)
                        """)) {
            while (row.next()) {
                if (holdsOurs(connection, row.getString(2))) {
                    ours.add(row.getString(1));
                }
            }
        }
        return ours;
    }

    private static boolean holdsOurs(Connection connection, String schema) throws SQLException {
        return Queries.isTrue(
                connection,
                "SELECT EXISTS (SELECT FROM " + schema + ".databasechangelog WHERE " + Changeset.OURS + ")");
    }

    /** Parses a search path as PostgreSQL does: quoted names keep their case, others become lower case. */
    static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        boolean literal = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '"') {
                boolean doubled = quoted && i + 1 < path.length() && path.charAt(i + 1) == '"';
                if (doubled) {
                    name.append('"');
                    i++;
                } else {
                    quoted = !quoted;
                    literal = true;
                }
            } else if (c == ',' && !quoted) {
                add(names, name, literal);
                literal = false;
            } else {
                name.append(c);
            }
        }
        add(names, name, literal);
        return names;
    }

    private static void add(List<String> names, StringBuilder name, boolean literal) {
        String text =
                literal ? name.toString().strip() : name.toString().strip().toLowerCase(Locale.ROOT);
        name.setLength(0);
        if (!text.isEmpty()) {
            names.add(text);
        }
    }
}
