package io.longhaul.schema.catalog;

/**
 * Queries about tables, their parts and sequences. A default is NULL, so that level files name only what was chosen.
 * Catalog columns that some supported versions lack are read through {@code to_jsonb}, which gives NULL for them.
 */
final class RelationQueries {
    /** Objects of this service: in the schema, not of an extension, not Liquibase's own. */
    static final String OURS = """
            NOT IN ('databasechangelog', 'databasechangeloglock')
            AND c.relnamespace = quote_ident(current_schema())::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.classid = 'pg_class'::regclass AND e.deptype = 'e')
            """;

    /**
     * Publications that filter rows by columns outside the replica identity, or leave out columns of it: the table then
     * refuses every UPDATE and DELETE. A full identity satisfies every condition but no column list. Needs
     * {@link #IDENTITY}.
     */
    static final String REFUSED_BY = """
            (SELECT string_agg(p.pubname, ',' ORDER BY p.pubname)
             FROM pg_publication_rel r
             JOIN pg_publication p ON p.oid = r.prpubid AND (p.pubupdate OR p.pubdelete)
             WHERE r.prrelid = c.oid AND jsonb_typeof(to_jsonb(r) -> 'prattrs') IS DISTINCT FROM 'array' AND c.relreplident <> 'f'
               AND EXISTS (SELECT FROM regexp_matches(to_jsonb(r) ->> 'prqual', ':varattno ([0-9]+)', 'g') used
                          WHERE NOT used[1]::smallint = ANY (k.columns))) AS filtered_by,
            (SELECT string_agg(p.pubname, ',' ORDER BY p.pubname)
             FROM pg_publication_rel r
             JOIN pg_publication p ON p.oid = r.prpubid AND (p.pubupdate OR p.pubdelete)
             WHERE r.prrelid = c.oid AND jsonb_typeof(to_jsonb(r) -> 'prattrs') = 'array'
               AND (c.relreplident = 'f' OR NOT to_jsonb(r) -> 'prattrs' @> to_jsonb(k.columns)
                   OR EXISTS (SELECT FROM regexp_matches(to_jsonb(r) ->> 'prqual', ':varattno ([0-9]+)', 'g') used
                              WHERE NOT used[1]::smallint = ANY (k.columns)))) AS columns_left_out_by,
            """;

    /** The columns by which replicas identify rows of table c. */
    static final String IDENTITY = """
            CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(n ORDER BY n), '{}') AS columns
                FROM pg_index i, unnest(i.indkey) n
                WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident END
            ) k
            """;

    /** A published table without replica identity refuses every UPDATE and DELETE. */
    static final String TABLES = """
            SELECT c.relname,
                   CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                                  WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END AS "is",
                   CASE c.relpersistence WHEN 'p' THEN 'permanent' WHEN 'u' THEN 'unlogged' ELSE 'temporary' END AS persistence,
                   CASE WHEN NOT c.relrowsecurity THEN 'off' WHEN c.relforcerowsecurity THEN 'forced' ELSE 'on' END AS row_security,
                   (SELECT string_agg(o, ',' ORDER BY o COLLATE "C") FROM unnest(c.reloptions) o) AS options,
                   (SELECT string_agg('toast.' || o, ',' ORDER BY o COLLATE "C")
                    FROM pg_class x, unnest(x.reloptions) o WHERE x.oid = c.reltoastrelid) AS toast_options,
                   (SELECT a.amname FROM pg_am a WHERE a.oid = c.relam) AS access,
                   (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace) AS tablespace,
                   CASE c.relreplident
                       WHEN 'f' THEN 'full'
                       WHEN 'i' THEN 'index'
                       WHEN 'n' THEN CASE WHEN EXISTS (SELECT FROM pg_publication_tables t JOIN pg_publication p USING (pubname)
                                                    WHERE t.schemaname = current_schema() AND t.tablename = c.relname AND (p.pubupdate OR p.pubdelete))
                                          THEN 'nothing, although published' ELSE 'nothing' END
                   END AS replica_identity,
            """ + REFUSED_BY + """
                   (SELECT t.typname FROM pg_type t WHERE t.oid = c.reloftype) AS of_type,
                   (SELECT string_agg(h.inhparent::regclass::text, ',' ORDER BY h.inhseqno) FROM pg_inherits h WHERE h.inhrelid = c.oid) AS parent,
                   (SELECT string_agg(h.inhrelid::regclass::text, ',' ORDER BY h.inhrelid) FROM pg_inherits h WHERE h.inhparent = c.oid) AS children,
                   (SELECT string_agg(k.conrelid::regclass || '.' || k.conname, ',' ORDER BY k.oid)
                    FROM pg_constraint k
                    WHERE k.confrelid = c.oid AND k.contype = 'f' AND coalesce(to_jsonb(k) ->> 'conenforced', 'true') = 'true') AS referenced_by
            FROM pg_class c
            """ + IDENTITY + """
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND c.relname %s
            """;

    /**
     * A column of a domain is shown with the constraints of all domains below it; a small sequence with its last value.
     */
    static final String COLUMNS = """
            SELECT c.relname || '.' || a.attname,
                   format_type(a.atttypid, a.atttypmod) AS type,
                   CASE WHEN a.attnotnull THEN 'no' ELSE 'yes' END AS nullable,
                   CASE WHEN a.attgenerated::text = '' THEN coalesce(pg_get_expr(d.adbin, d.adrelid, true), t.typdefault) END AS "default",
                   CASE WHEN a.attgenerated::text <> '' THEN pg_get_expr(d.adbin, d.adrelid, true) END AS generated,
                   CASE WHEN a.attgenerated::text = 'v' THEN 'yes' END AS virtual,
                   CASE a.attidentity::text WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
                   CASE WHEN a.attcollation <> t.typcollation
                        THEN (SELECT l.collname || CASE WHEN l.collisdeterministic THEN '' ELSE ' (nondeterministic)' END
                              FROM pg_collation l WHERE l.oid = a.attcollation)
                   END AS "collation",
                   o.base,
                   o.domain,
                   (SELECT min(s.seqmax)::text
                    FROM pg_depend x
                    JOIN pg_sequence s ON s.seqrelid = CASE WHEN x.classid = 'pg_attrdef'::regclass THEN x.refobjid ELSE x.objid END
                    WHERE NOT s.seqcycle AND s.seqmax < 2147483647
                      AND (x.classid = 'pg_attrdef'::regclass AND x.objid = d.oid AND x.refclassid = 'pg_class'::regclass
                           OR x.classid = 'pg_class'::regclass AND x.refclassid = 'pg_class'::regclass AND x.refobjid = a.attrelid
                              AND x.refobjsubid = a.attnum AND x.deptype = 'i')) AS runs_out_at,
                   CASE WHEN a.attstorage <> t.typstorage
                        THEN CASE a.attstorage::text WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END
                   END AS storage,
                   CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
                   nullif(to_jsonb(a) ->> 'attstattarget', '-1') AS statistics,
                   array_to_string(a.attoptions, ',') AS options
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            CROSS JOIN LATERAL (
                WITH RECURSIVE domains AS (
                    SELECT t.oid, t.typbasetype, t.typtypmod, t.typnotnull, 1 AS depth
                    WHERE t.typtype = 'd'
                    UNION ALL
                    SELECT b.oid, b.typbasetype, b.typtypmod, b.typnotnull, n.depth + 1
                    FROM domains n
                    JOIN pg_type b ON b.oid = n.typbasetype AND b.typtype = 'd'
                )
                SELECT (array_agg(format_type(n.typbasetype, n.typtypmod) ORDER BY n.depth DESC))[1] AS base,
                       nullif(string_agg(CASE WHEN n.typnotnull THEN ' NOT NULL' ELSE '' END || coalesce((
                           SELECT string_agg(' ' || pg_get_constraintdef(k.oid, true), '' ORDER BY k.conname)
                           FROM pg_constraint k
                           WHERE k.contypid = n.oid AND k.contype = 'c'), ''), '' ORDER BY n.depth), '') AS domain
                FROM domains n
            ) o
            WHERE a.attnum > 0
              AND NOT a.attisdropped
              AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND c.relname %s
            """;

    /** PostgreSQL 18 stores NOT NULL as constraints of type n; here, nullability always belongs to the column. */
    static final String CONSTRAINTS = """
            SELECT c.relname || '.' || k.conname,
                   c.relname AS "table",
                   CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check'
                                  WHEN 'f' THEN 'foreign key' ELSE 'exclusion' END AS "is",
                   CASE WHEN NOT i.indisvalid THEN 'INVALID' WHEN NOT i.indisready THEN 'not ready' END AS state,
                   (SELECT string_agg(o, ',' ORDER BY o COLLATE "C") FROM unnest(x.reloptions) o) AS options,
                   pg_get_constraintdef(k.oid, true) AS definition
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid
            LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
            LEFT JOIN pg_class x ON x.oid = i.indexrelid
            WHERE k.contype IN ('p', 'u', 'c', 'f', 'x')
              AND c.relname %s
            """;

    static final String INDEXES = """
            SELECT x.relname,
                   c.relname AS "table",
                   CASE WHEN i.indisunique THEN 'yes' ELSE 'no' END AS "unique",
                   CASE WHEN NOT i.indisvalid THEN 'INVALID' WHEN NOT i.indisready THEN 'not ready' ELSE 'valid' END AS state,
                   (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = x.reltablespace) AS tablespace,
                   pg_get_indexdef(i.indexrelid, 0, true) AS definition
            FROM pg_index i
            JOIN pg_class x ON x.oid = i.indexrelid
            JOIN pg_class c ON c.oid = i.indrelid
            WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
              AND c.relname %s
            """;

    static final String SEQUENCES = """
            SELECT c.relname,
                   format_type(s.seqtypid, NULL) AS type,
                   s.seqincrement::text AS increment,
                   CASE WHEN s.seqcycle THEN 'yes' ELSE 'no' END AS cycle,
                   CASE WHEN s.seqmax NOT IN (32767, 2147483647, 9223372036854775807) THEN s.seqmax::text END AS max,
                   CASE WHEN s.seqmin <> 1 THEN s.seqmin::text END AS min,
                   CASE WHEN s.seqcache <> 1 THEN s.seqcache::text END AS cache,
                   CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
                   (SELECT d.refobjid::regclass || '.' || a.attname
                    FROM pg_depend d
                    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
                      AND d.refclassid = 'pg_class'::regclass) AS owned_by
            FROM pg_sequence s
            JOIN pg_class c ON c.oid = s.seqrelid
            WHERE c.relname %s
            """;

    private RelationQueries() {}
}
