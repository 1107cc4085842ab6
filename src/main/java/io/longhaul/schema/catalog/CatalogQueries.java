package io.longhaul.schema.catalog;

import java.util.EnumMap;
import java.util.Map;

/**
 * One query of the catalog for each kind of fact.
 *
 * <p>The first column names the object, each further column is an attribute named like the column; NULL means that the
 * object lacks it. {@code pg_catalog} is read, never {@code information_schema}: that hides what the role has no grants
 * for. Every {@code "char"} is cast to text, because PostgreSQL 15 refuses to join it to one. The {@code pg_get_...}
 * functions run in their short form, so that names print without the schema.
 */
final class CatalogQueries {
    private static final String TRIGGERS = """
            SELECT c.relname || '.' || g.tgname,
                   c.relname AS "table",
                   CASE g.tgenabled WHEN 'O' THEN 'yes' WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' ELSE 'always' END AS enabled,
                   pg_get_triggerdef(g.oid, true) AS definition
            FROM pg_trigger g
            JOIN pg_class c ON c.oid = g.tgrelid
            WHERE NOT g.tgisinternal
              AND c.relname %s
            """;

    private static final String POLICIES = """
            SELECT c.relname || '.' || p.polname,
                   c.relname AS "table",
                   p.polcmd::text AS command,
                   (SELECT string_agg(pg_get_userbyid(r), ',') FROM unnest(p.polroles) r WHERE r <> 0) AS roles,
                   CASE WHEN p.polpermissive THEN 'yes' ELSE 'no' END AS permissive,
                   pg_get_expr(p.polqual, p.polrelid, true) AS "using",
                   pg_get_expr(p.polwithcheck, p.polrelid, true) AS "check"
            FROM pg_policy p
            JOIN pg_class c ON c.oid = p.polrelid
            WHERE c.relname %s
            """;

    private static final String RULES = """
            SELECT c.relname || '.' || r.rulename,
                   c.relname AS "table",
                   CASE r.ev_enabled WHEN 'O' THEN NULL WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' ELSE 'always' END AS enabled,
                   pg_get_ruledef(r.oid, true) AS definition
            FROM pg_rewrite r
            JOIN pg_class c ON c.oid = r.ev_class
            WHERE r.rulename <> '_RETURN'
              AND c.relname %s
            """;

    private static final String ENUMS = """
            SELECT t.typname,
                   (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels
            FROM pg_type t
            WHERE t.typtype = 'e'
              AND t.typnamespace = quote_ident(current_schema())::regnamespace
              AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = t.oid AND e.classid = 'pg_type'::regclass AND e.deptype = 'e')
            """;

    private static final String DOMAINS = """
            SELECT t.typname,
                   format_type(t.typbasetype, t.typtypmod) AS type,
                   CASE WHEN t.typnotnull THEN 'no' ELSE 'yes' END AS nullable,
                   t.typdefault AS "default",
                   (SELECT string_agg(pg_get_constraintdef(k.oid, true), ' ' ORDER BY k.conname)
                    FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') AS "check"
            FROM pg_type t
            WHERE t.typtype = 'd'
              AND t.typnamespace = quote_ident(current_schema())::regnamespace
              AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = t.oid AND e.classid = 'pg_type'::regclass AND e.deptype = 'e')
            """;

    /**
     * The source is compared by its digest and without white space, which dump and restore may change. A path that
     * names the function's own schema is shown alike in all schemas; its quotes depend on the session that set it.
     */
    private static final String FUNCTIONS = """
            SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
                   pg_get_function_result(p.oid) AS returns,
                   (SELECT l.lanname FROM pg_language l WHERE l.oid = p.prolang) AS language,
                   p.provolatile::text AS volatility,
                   CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END AS security,
                   (SELECT string_agg(
                        CASE WHEN replace(s, '"', '') = replace('search_path=' || current_schema() || ', pg_temp', '"', '')
                             THEN 'search_path=its schema, pg_temp' ELSE s END, ',' ORDER BY s COLLATE "C")
                    FROM unnest(p.proconfig) s) AS settings,
                   md5(btrim(regexp_replace(p.prosrc, '\\s+', ' ', 'g'))) AS source
            FROM pg_proc p
            WHERE p.prokind IN ('f', 'p')
              AND p.pronamespace = quote_ident(current_schema())::regnamespace
              AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.classid = 'pg_proc'::regclass AND e.deptype = 'e')
            """;

    /**
     * If this service's tables are gone, statements without a schema name find these tables further on the search path.
     */
    private static final String NAMESAKES = """
            SELECT n.nspname || '.' || c.relname,
                   'in ' || n.nspname AS stands
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname IN ('jobs', 'nodes', 'job_leases')
              AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND n.nspname = ANY (current_setting('longhaul.search_path')::name[])
              AND n.nspname <> current_schema()
              AND to_regclass(quote_ident(current_schema()) || '.' || quote_ident(c.relname)) IS NULL
            """;

    /**
     * Tags and rollbacks change the changelog. Some of these problems are repaired by the commands themselves, if the
     * role owns the table.
     */
    static final String PUBLISHED = """
            SELECT *
            FROM (
                SELECT c.relname,
            """ + RelationQueries.REFUSED_BY + """
                       CASE WHEN CASE c.relreplident WHEN 'n' THEN TRUE WHEN 'f' THEN FALSE ELSE k.columns = '{}' END
                             AND EXISTS (SELECT FROM pg_publication_tables t
                                         JOIN pg_publication p ON p.pubname = t.pubname
                                         WHERE t.schemaname = current_schema() AND t.tablename = c.relname AND (p.pubupdate OR p.pubdelete))
                            THEN 'without replica identity' END AS state
                FROM pg_class c
            """ + RelationQueries.IDENTITY + """
                WHERE c.relname IN ('databasechangelog', 'databasechangeloglock')
                  AND c.relkind = 'r'
                  AND c.relnamespace = quote_ident(current_schema())::regnamespace
            ) published
            WHERE state IS NOT NULL OR filtered_by IS NOT NULL OR columns_left_out_by IS NOT NULL
            """;

    /**
     * Privileges a serving node uses (fairness reads the position of a sequence). An identity column needs none on its
     * sequence. Included are sequences, of any schema, that give defaults to columns which someone added.
     */
    private static final String MISSING_GRANTS = """
            SELECT c.relname,
                   NULL AS "table",
                   CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS "is",
                   current_setting('longhaul.role') AS role,
                   string_agg(p.name, ', ' ORDER BY p.position) AS missing
            FROM pg_class c
            CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE']) WITH ORDINALITY p (name, position)
            WHERE CASE
                      WHEN c.relname = 'databasechangelog' THEN p.name = 'SELECT'
                      WHEN c.relkind = 'S' THEN p.name IN ('SELECT', 'USAGE')
                      ELSE p.name <> 'USAGE' AND c.relname <> 'databasechangeloglock'
                  END
              AND c.relkind IN ('r', 'p', 'v', 'S')
              AND c.relnamespace = quote_ident(current_schema())::regnamespace
              AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_class'::regclass AND i.objid = c.oid AND i.deptype = 'i')
              AND NOT CASE c.relkind
                      WHEN 'S' THEN has_sequence_privilege(current_setting('longhaul.role'), c.oid, p.name)
                      ELSE has_table_privilege(current_setting('longhaul.role'), c.oid, p.name)
                  END
            GROUP BY c.relname, c.relkind
            UNION ALL
            SELECT d.refobjid::regclass::text, c.relname, 'sequence', current_setting('longhaul.role'), 'USAGE'
            FROM pg_class c
            JOIN pg_attrdef f ON f.adrelid = c.oid
            JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass
            JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
            WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
              AND c.relkind IN ('r', 'p')
              AND NOT has_sequence_privilege(current_setting('longhaul.role'), s.oid, 'USAGE')
            UNION ALL
            SELECT quote_ident(current_schema()), NULL, 'schema', current_setting('longhaul.role'), 'USAGE'
            WHERE NOT has_schema_privilege(current_setting('longhaul.role'), quote_ident(current_schema())::regnamespace, 'USAGE')
            """;

    private CatalogQueries() {}

    /** The queries by kind of fact. */
    static Map<CatalogFact.Kind, String> all() {
        Map<CatalogFact.Kind, String> queries = new EnumMap<>(CatalogFact.Kind.class);
        queries.put(CatalogFact.Kind.TABLE, ofOurs(RelationQueries.TABLES));
        queries.put(CatalogFact.Kind.COLUMN, ofOurs(RelationQueries.COLUMNS));
        queries.put(CatalogFact.Kind.CONSTRAINT, ofOurs(RelationQueries.CONSTRAINTS));
        queries.put(CatalogFact.Kind.INDEX, ofOurs(RelationQueries.INDEXES));
        queries.put(CatalogFact.Kind.TRIGGER, ofOurs(TRIGGERS));
        queries.put(CatalogFact.Kind.POLICY, ofOurs(POLICIES));
        queries.put(CatalogFact.Kind.RULE, ofOurs(RULES));
        queries.put(CatalogFact.Kind.SEQUENCE, ofOurs(RelationQueries.SEQUENCES));
        queries.put(CatalogFact.Kind.ENUM, ENUMS);
        queries.put(CatalogFact.Kind.DOMAIN, DOMAINS);
        queries.put(CatalogFact.Kind.FUNCTION, FUNCTIONS);
        queries.put(CatalogFact.Kind.NAMESAKE, NAMESAKES);
        queries.put(CatalogFact.Kind.PUBLISHED, PUBLISHED);
        queries.put(CatalogFact.Kind.GRANT, MISSING_GRANTS);
        return queries;
    }

    private static String ofOurs(String query) {
        return query.formatted(RelationQueries.OURS);
    }
}
