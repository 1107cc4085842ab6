package io.longhaul.schema.catalog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds objects of this service that belong to a role which the current one cannot act for: it may use them, but not
 * change them.
 */
public final class Owners {
    private static final String OF_OTHERS = """
            SELECT CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'v' THEN 'VIEW' ELSE 'SEQUENCE' END, quote_ident(c.relname),
                   c.relname, c.relowner
            FROM pg_class c
            WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'v', 'S')
              -- The sequence of a column goes with its table.
              AND NOT EXISTS (SELECT FROM pg_depend d
                              WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'S'
                                AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
            UNION ALL
            SELECT 'TYPE', quote_ident(t.typname), t.typname, t.typowner
            FROM pg_type t
            WHERE t.typnamespace = quote_ident(current_schema())::regnamespace AND t.typtype = 'e'
            UNION ALL
            SELECT 'FUNCTION', p.oid::regprocedure::text, p.oid::regprocedure::text, p.proowner
            FROM pg_proc p
            WHERE p.pronamespace = quote_ident(current_schema())::regnamespace
            """;

    /** Liquibase's own, which no fact is about. */
    private static final List<String> CHANGELOG = List.of("databasechangelog", "databasechangeloglock");

    private Owners() {}

    /**
     * Statements that hand the objects in these facts, and the changelog, over to the connection's role, for a superuser
     * to run.
     */
    public static List<String> handOver(Connection connection, List<CatalogFact> ours) throws SQLException {
        List<String> statements = new ArrayList<>();
        Set<String> names = ours.stream().map(CatalogFact::object).collect(Collectors.toSet());
        names.addAll(CHANGELOG);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT o.*, quote_ident(current_user) FROM (" + OF_OTHERS
                                + ") o (kind, ident, name, owner) WHERE NOT pg_has_role(current_user, o.owner, 'USAGE') ORDER BY 1, 2")) {
            while (row.next()) {
                if (names.contains(row.getString(3))) {
                    statements.add("ALTER " + row.getString(1) + " " + row.getString(2) + " OWNER TO "
                            + row.getString(5) + ";");
                }
            }
        }
        return statements;
    }
}
