package io.longhaul.doctor;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Checks the tables of jobs: dead rows, autovacuum, and the age of the oldest transaction id. */
final class TableChecks {
    private static final String OURS = "('jobs', 'job_leases', 'job_attempts', 'job_progress', 'job_logs', 'nodes',"
            + " 'webhook_deliveries', 'webhook_attempts')";

    /** Below that even a table of nothing but dead rows is read in milliseconds. */
    private static final int MANY_DEAD = 10_000;

    /** PostgreSQL stops taking writes at two thousand million. */
    private static final long OLD_IDS = 1_200_000_000;

    private TableChecks() {}

    static List<Result> look(Connection connection) throws SQLException {
        List<Result> results = new ArrayList<>();
        addDeadRows(connection, results);
        addAutovacuum(connection, results);
        addOldIds(connection, results);
        return results;
    }

    private static void addDeadRows(Connection connection, List<Result> results) throws SQLException {
        long all = 0;
        int found = results.size();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT quote_ident(relname), n_dead_tup, n_live_tup, COALESCE(last_autovacuum::text, 'never')
                        FROM pg_stat_user_tables
                        WHERE schemaname = current_schema() AND relname IN %s
                        ORDER BY n_dead_tup DESC
                        """.formatted(OURS))) {
            while (row.next()) {
                long dead = row.getLong(2);
                all += dead;
                if (dead > MANY_DEAD && dead > row.getLong(3)) {
                    results.add(Result.warn(
                            "dead rows",
                            "%s has %d dead rows and %d live ones; last autovacuum: %s."
                                    .formatted(row.getString(1), dead, row.getLong(3), row.getString(4)),
                            "VACUUM " + row.getString(1) + ", after old transactions have ended (oldest-transaction)"));
                }
            }
        }
        if (results.size() == found) {
            results.add(Result.ok("dead rows", all + " in the tables of jobs."));
        }
    }

    private static void addAutovacuum(Connection connection, List<Result> results) throws SQLException {
        List<String> off = Queries.strings(connection, """
                SELECT c.oid::regclass::text
                FROM pg_class c
                WHERE c.relnamespace = current_schema()::regnamespace AND c.relname IN %s
                  AND EXISTS (SELECT FROM pg_options_to_table(c.reloptions)
                              WHERE option_name = 'autovacuum_enabled' AND NOT option_value::boolean)
                """.formatted(OURS));
        off.forEach(table -> results.add(Result.warn(
                "autovacuum",
                "autovacuum is off for " + table + ", so that its dead rows stay.",
                "ALTER TABLE " + table + " RESET (autovacuum_enabled)")));
        if (off.isEmpty()) {
            results.add(Result.ok("autovacuum", "It is on for all tables of jobs."));
        }
    }

    private static void addOldIds(Connection connection, List<Result> results) throws SQLException {
        long age = Long.parseLong(Queries.first(
                connection, "SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()"));
        String message = "The oldest transaction id is " + age / 1_000_000 + " million old, of 2,000 million.";
        results.add(
                age > OLD_IDS
                        ? Result.fail(
                                "transaction ids",
                                message,
                                "End old transactions (oldest-transaction), then as a superuser: VACUUM FREEZE")
                        : Result.ok("transaction ids", message));
    }
}
