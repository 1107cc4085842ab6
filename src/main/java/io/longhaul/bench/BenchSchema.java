package io.longhaul.bench;

import io.longhaul.database.ServerSettings;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Queries;
import io.longhaul.schema.migrate.Migrator;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A schema beside the user's own, migrated like it, and dropped at the end, also when the command is ended. The user's jobs
 * are never touched.
 */
final class BenchSchema implements AutoCloseable {
    private static final String PREFIX = "longhaul_bench_";
    private static final int DIGITS = 12;

    private final Target database;
    private final Target target;
    private final String name;
    private final Thread exitHook = new Thread(this::abandon, "drop-bench-schema");
    private final Set<Process> servers = ConcurrentHashMap.newKeySet();
    private volatile boolean abandoned;

    private BenchSchema(Target database, String name) {
        this.database = database;
        this.name = name;
        this.target = database.inSchema(name);
    }

    /** @param progress receives the statements that remove what killed commands left */
    static BenchSchema create(Target database, Consumer<String> progress) throws SQLException, CommandFailure {
        leftovers(database).forEach(progress);
        // Processes of two containers may have one id.
        String random = UUID.randomUUID().toString().replace("-", "").substring(0, DIGITS);
        BenchSchema schema = new BenchSchema(database, PREFIX + random);
        Runtime.getRuntime().addShutdownHook(schema.exitHook);
        try {
            execute(database, "CREATE SCHEMA " + schema.name);
            new Migrator(schema.target.source(), line -> {}).migrate();
            schema.createRawTable();
            return schema;
        } catch (SQLException | CommandFailure | RuntimeException e) {
            schema.close();
            throw e;
        }
    }

    private static List<String> leftovers(Target database) throws SQLException {
        try (Connection connection = database.connect()) {
            return Queries.strings(
                    connection,
                    "SELECT 'Left by a bench or archive that was killed, unless one runs now: DROP SCHEMA ' || nspname"
                            + " || ' CASCADE;' FROM pg_namespace WHERE starts_with(nspname, '" + PREFIX + "')");
        }
    }

    /** Names a server that works in the schema, and must not outlive this process. */
    void servedBy(Process server) {
        servers.add(server);
        var unused = server.onExit().thenRun(() -> servers.remove(server));
        if (abandoned) {
            server.destroyForcibly();
        }
    }

    /** The process ends. What its servers do is of no use any more. */
    private void abandon() {
        abandoned = true;
        for (Process server : servers) {
            server.destroyForcibly().onExit().join();
        }
        try {
            drop();
        } catch (SQLException e) {
            System.err.println("Schema " + name + " was left: DROP SCHEMA " + name + " CASCADE;");
        }
    }

    private void drop() throws SQLException {
        execute(database, "DROP SCHEMA IF EXISTS " + name + " CASCADE");
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
        if (!abandoned) {
            drop();
            removeExitHook();
        }
    }

    private void removeExitHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(exitHook);
        } catch (IllegalStateException ignored) {
            // The process is ending, and the hook finds nothing to drop.
        }
    }
}
