package io.longhaul.schema;

import java.util.EnumMap;
import java.util.Map;

/**
 * What is read from the catalog, one query for each kind of fact.
 *
 * <p>The first column names the object, each further column is an attribute named like the column; NULL means that
 * the object lacks it. {@code pg_catalog} is read, never {@code information_schema}: that hides what the role has no
 * grants for. Every {@code "char"} is cast to text, because PostgreSQL 15 refuses to join it to one. The
 * {@code pg_get_...} functions run in their short form, so that names print without the schema.
 */
final class CatalogQueries {
    /** What is ours: in the schema, not of an extension, not Liquibase's own. */
    private static final String OURS = """
            NOT IN ('databasechangelog', 'databasechangeloglock')
            AND c.relnamespace = quote_ident(current_schema())::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.classid = 'pg_class'::regclass AND e.deptype = 'e')
            """;

    private static final String TABLES = """
            SELECT c.relname,
                   CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                                  WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END AS "is",
                   CASE c.relpersistence WHEN 'p' THEN 'permanent' WHEN 'u' THEN 'unlogged' ELSE 'temporary' END AS persistence,
                   CASE WHEN NOT c.relrowsecurity THEN 'off' WHEN c.relforcerowsecurity THEN 'forced' ELSE 'on' END AS row_security,
                   (SELECT string_agg(o, ',' ORDER BY o COLLATE "C") FROM unnest(c.reloptions) o) AS options,
                   (SELECT a.amname FROM pg_am a WHERE a.oid = c.relam) AS access,
                   (SELECT string_agg(h.inhparent::regclass::text, ',') FROM pg_inherits h WHERE h.inhrelid = c.oid) AS parent
            FROM pg_class c
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND c.relname %s
            """;

    private static final String COLUMNS = """
            SELECT c.relname || '.' || a.attname,
                   format_type(a.atttypid, a.atttypmod) AS type,
                   CASE WHEN a.attnotnull THEN 'no' ELSE 'yes' END AS nullable,
                   CASE WHEN a.attgenerated::text = '' THEN pg_get_expr(d.adbin, d.adrelid, true) END AS "default",
                   CASE WHEN a.attgenerated::text <> '' THEN pg_get_expr(d.adbin, d.adrelid, true) END AS generated,
                   CASE a.attidentity::text WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
                   CASE WHEN a.attcollation <> t.typcollation THEN (SELECT l.collname FROM pg_collation l WHERE l.oid = a.attcollation) END AS "collation"
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attnum > 0
              AND NOT a.attisdropped
              AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND c.relname %s
            """;

    /** PostgreSQL 18 keeps NOT NULL as constraints of type n; everywhere, nullability is the column's. */
    private static final String CONSTRAINTS = """
            SELECT c.relname || '.' || k.conname,
                   c.relname AS "table",
                   CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check'
                                  WHEN 'f' THEN 'foreign key' ELSE 'exclusion' END AS "is",
                   pg_get_constraintdef(k.oid, true) AS definition
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid
            WHERE k.contype IN ('p', 'u', 'c', 'f', 'x')
              AND c.relname %s
            """;

    private static final String INDEXES = """
            SELECT x.relname,
                   c.relname AS "table",
                   CASE WHEN i.indisunique THEN 'yes' ELSE 'no' END AS "unique",
                   CASE WHEN i.indisvalid AND i.indisready THEN 'valid' ELSE 'INVALID' END AS state,
                   pg_get_indexdef(i.indexrelid, 0, true) AS definition
            FROM pg_index i
            JOIN pg_class x ON x.oid = i.indexrelid
            JOIN pg_class c ON c.oid = i.indrelid
            WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
              AND c.relname %s
            """;

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
                   pg_get_ruledef(r.oid, true) AS definition
            FROM pg_rewrite r
            JOIN pg_class c ON c.oid = r.ev_class
            WHERE r.rulename <> '_RETURN'
              AND c.relname %s
            """;

    private static final String SEQUENCES = """
            SELECT c.relname,
                   format_type(s.seqtypid, NULL) AS type,
                   s.seqincrement::text AS increment,
                   CASE WHEN s.seqcycle THEN 'yes' ELSE 'no' END AS cycle
            FROM pg_sequence s
            JOIN pg_class c ON c.oid = s.seqrelid
            WHERE c.relname %s
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

    /** The source is compared by digest and without its white space, which dump and restore may change. */
    private static final String FUNCTIONS = """
            SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
                   pg_get_function_result(p.oid) AS returns,
                   (SELECT l.lanname FROM pg_language l WHERE l.oid = p.prolang) AS language,
                   p.provolatile::text AS volatility,
                   CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END AS security,
                   array_to_string(p.proconfig, ',') AS settings,
                   md5(btrim(regexp_replace(p.prosrc, '\\s+', ' ', 'g'))) AS source
            FROM pg_proc p
            WHERE p.prokind IN ('f', 'p')
              AND p.pronamespace = quote_ident(current_schema())::regnamespace
              AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.classid = 'pg_proc'::regclass AND e.deptype = 'e')
            """;

    private CatalogQueries() {}

    /** All queries by the kind of fact they give. */
    static Map<Fact.Kind, String> all() {
        Map<Fact.Kind, String> queries = new EnumMap<>(Fact.Kind.class);
        queries.put(Fact.Kind.TABLE, ofOurs(TABLES));
        queries.put(Fact.Kind.COLUMN, ofOurs(COLUMNS));
        queries.put(Fact.Kind.CONSTRAINT, ofOurs(CONSTRAINTS));
        queries.put(Fact.Kind.INDEX, ofOurs(INDEXES));
        queries.put(Fact.Kind.TRIGGER, ofOurs(TRIGGERS));
        queries.put(Fact.Kind.POLICY, ofOurs(POLICIES));
        queries.put(Fact.Kind.RULE, ofOurs(RULES));
        queries.put(Fact.Kind.SEQUENCE, ofOurs(SEQUENCES));
        queries.put(Fact.Kind.ENUM, ENUMS);
        queries.put(Fact.Kind.DOMAIN, DOMAINS);
        queries.put(Fact.Kind.FUNCTION, FUNCTIONS);
        return queries;
    }

    private static String ofOurs(String query) {
        return query.formatted(OURS);
    }
}
