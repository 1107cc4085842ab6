package io.longhaul.schema.migrate;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The schema {@code <schema>_archive}, where rollbacks keep rows that would otherwise be lost. */
public final class RollbackArchive {
    private final Connection connection;

    /** @param connection in autocommit mode, working in the schema to which the archive belongs */
    public RollbackArchive(Connection connection) {
        this.connection = connection;
    }

    /** The names of its tables; empty if there is no archive. */
    public Set<String> tables() throws SQLException {
        return new TreeSet<>(Queries.strings(connection, """
                SELECT c.relname
                FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = current_schema() || '_archive'
                  AND c.relkind = 'r'
                """));
    }

    /**
     * Drops tables for good, with the type that was archived beside them, and the archive itself once it is empty: all,
     * or nothing. Returns one line for each table lost.
     */
    public List<String> discard(Set<String> tables) throws SQLException {
        connection.setAutoCommit(false);
        try {
            List<String> lost = drop(tables);
            connection.commit();
            return lost;
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** The names of tables with schema and quotes, as statements need them. */
    public List<String> names(Set<String> tables) throws SQLException {
        List<String> names = new ArrayList<>();
        for (String table : tables) {
            names.add(Queries.strings(
                            connection, "SELECT format('%I.%I', current_schema() || '_archive', '" + table + "')")
                    .get(0));
        }
        return names;
    }

    private List<String> drop(Set<String> tables) throws SQLException {
        List<String> lost = new ArrayList<>();
        for (String name : names(tables)) {
            lost.add(Queries.strings(connection, "SELECT count(*) FROM " + name).get(0) + " rows of " + name);
            Queries.execute(connection, "DROP TABLE " + name);
        }
        // Objects that someone else put into the archive stay, and the archive with them.
        Queries.execute(connection, """
                DO $$
                DECLARE
                    archive text := current_schema() || '_archive';
                BEGIN
                    IF to_regclass(format('%I.jobs', archive)) IS NULL THEN
                        EXECUTE format('DROP TYPE IF EXISTS %I.jobstatus_archived', archive);
                    END IF;
                    IF NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = archive) THEN
                        EXECUTE format('DROP SCHEMA IF EXISTS %I', archive);
                    END IF;
                EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN NULL;
                END $$
                """);
        return lost;
    }

    public String database() throws SQLException {
        return Queries.first(connection, "SELECT current_database()");
    }
}
