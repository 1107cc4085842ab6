package io.longhaul.bench;

import io.longhaul.database.ServerSettings;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.migrate.Migrator;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A schema beside the user's own, migrated like it, and dropped at the end. The user's jobs are never touched. */
final class BenchSchema implements AutoCloseable {
    private final Target database;
    private final Target target;
    private final String name;

    private BenchSchema(Target database, String name) {
        this.database = database;
        this.name = name;
        this.target = database.inSchema(name);
    }

    static BenchSchema create(Target database) throws SQLException, CommandFailure {
        BenchSchema schema = new BenchSchema(
                database, "longhaul_bench_" + ProcessHandle.current().pid());
        execute(database, "DROP SCHEMA IF EXISTS " + schema.name + " CASCADE", "CREATE SCHEMA " + schema.name);
        try {
            new Migrator(schema.target.source(), line -> {}).migrate();
            schema.createRawTable();
            return schema;
        } catch (SQLException | CommandFailure | RuntimeException e) {
            schema.close();
            throw e;
        }
    }

    /** The database with this schema. */
    Target target() {
        return target;
    }

    ServerSettings server() throws SQLException {
        try (Connection connection = target.connect()) {
            return ServerSettings.read(connection);
        }
    }

    // The columns of jobs and the five indexes that every release has, without the additions of a queue.
    private void createRawTable() throws SQLException {
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE raw_jobs (LIKE jobs INCLUDING DEFAULTS, PRIMARY KEY (id))");
        statements.add("ALTER TABLE raw_jobs ALTER COLUMN queue_seq DROP DEFAULT");
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT indexname, split_part(indexdef, ' USING ', 2)
                        FROM pg_indexes
                        WHERE schemaname = current_schema() AND tablename = 'jobs'
                          AND indexname IN ('idx_jobs_status', 'idx_jobs_created_at', 'idx_jobs_tool_name',
                                            'idx_jobs_trace_id', 'idx_jobs_expires_at')
                        """)) {
            while (rows.next()) {
                statements.add("CREATE INDEX raw_" + rows.getString(1) + " ON raw_jobs USING " + rows.getString(2));
            }
        }
        execute(target, statements.toArray(String[]::new));
    }

    /** Empties all tables, so that no measurement pays for the one before. */
    void clear() throws SQLException {
        execute(
                target,
                "TRUNCATE jobs, job_leases, job_attempts, job_progress, job_logs, raw_jobs",
                "VACUUM (ANALYZE) jobs",
                "VACUUM (ANALYZE) job_leases",
                "VACUUM (ANALYZE) raw_jobs");
    }

    static void execute(Target target, String... statements) throws SQLException {
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        execute(database, "DROP SCHEMA IF EXISTS " + name + " CASCADE");
    }
}
