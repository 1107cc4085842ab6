package io.longhaul.doctor;

import io.longhaul.database.ServerSettings;
import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks the settings of the server, its checkpoints, and the number of its connections. */
final class ServerChecks {
    /** Fewer say nothing about how often there is one. */
    private static final long MANY_CHECKPOINTS = 10;

    private ServerChecks() {}

    /** Wrong settings, or one result if there is none. */
    static List<Result> settings(Connection connection) throws SQLException {
        ServerSettings settings = ServerSettings.read(connection);
        List<Result> results = new ArrayList<>();
        for (ServerSettings.Warning one : settings.warnings()) {
            Verdict verdict = one.losesJobs() ? Verdict.FAIL : Verdict.WARN;
            results.add(new Result("settings", verdict, one.message(), one.cure()));
        }
        if (results.isEmpty()) {
            Map<String, String> values = settings.values();
            results.add(Result.ok(
                    "settings",
                    "fsync %s, full_page_writes %s, synchronous_commit %s, shared_buffers %s, max_wal_size %s, autovacuum %s; jit %s (our sessions do without)."
                            .formatted(
                                    values.get("fsync"),
                                    values.get("full_page_writes"),
                                    values.get("synchronous_commit"),
                                    values.get("shared_buffers"),
                                    values.get("max_wal_size"),
                                    values.get("autovacuum"),
                                    values.getOrDefault("jit", "unknown"))));
        }
        results.add(logOfChanges(settings.values().getOrDefault("wal_level", "")));
        return results;
    }

    private static Result logOfChanges(String level) {
        return level.equals("minimal")
                ? Result.warn(
                        "wal_level",
                        "wal_level is minimal: neither a standby nor a backup to a moment in time is possible.",
                        "As a superuser: ALTER SYSTEM SET wal_level = 'replica', and restart PostgreSQL")
                : Result.ok("wal_level", "wal_level is " + level + ".");
    }

    /**
     * Checkpoints that came because the log of changes was full write pages again that were just written. Others that
     * came early were asked for, as by CREATE DATABASE or a backup.
     */
    static Result checkpoints(Connection connection) throws SQLException {
        int version = Integer.parseInt(Queries.first(connection, "SELECT current_setting('server_version_num')"));
        if (version < 140_000) {
            return Result.ok("checkpoints", "PostgreSQL 13 does not count its log of changes.");
        }
        boolean newer = version >= 170_000;
        String[] row = row(
                connection,
                (newer ? "c.num_timed, c.num_requested" : "c.checkpoints_timed, c.checkpoints_req")
                        + ", (w.wal_bytes / 1048576)::bigint, (s.setting::bigint) FROM pg_stat_wal w, pg_settings s,"
                        + (newer ? " pg_stat_checkpointer c" : " pg_stat_bgwriter c")
                        + " WHERE s.name = 'max_wal_size'");
        return checkpoints(
                Long.parseLong(row[0]), Long.parseLong(row[1]), Long.parseLong(row[2]), Long.parseLong(row[3]), newer);
    }

    /**
     * @param written megabytes of the log of changes, counted from about the same time on
     * @param most its size in megabytes at which a checkpoint comes early
     */
    static Result checkpoints(long timed, long early, long written, long most, boolean newer) {
        String message = "Of %d checkpoints %d came early; %d MB of changes were logged (max_wal_size is %d MB)."
                .formatted(timed + early, early, written, most);
        boolean full = early >= MANY_CHECKPOINTS && early > timed && written / early > most / 3;
        return full
                ? Result.warn(
                        "checkpoints",
                        message + " Each writes whole pages again.",
                        ("As a superuser: ALTER SYSTEM SET max_wal_size = '%dMB'; SELECT pg_reload_conf();"
                                        + " SELECT pg_stat_reset_shared('%s'); SELECT pg_stat_reset_shared('wal')")
                                .formatted(2 * most, newer ? "checkpointer" : "bgwriter"))
                : Result.ok("checkpoints", message);
    }

    /**
     * Compares what all nodes may open with what the server, the database and the role allow.
     *
     * @param each the most that one node opens
     */
    static List<Result> connections(Connection connection, int each) throws SQLException {
        String[] row = row(connection, """
                (SELECT sum(CASE WHEN name = 'max_connections' THEN setting::int ELSE - setting::int END)
                 FROM pg_settings
                 WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')),
                d.datconnlimit, r.rolconnlimit, quote_ident(d.datname), quote_ident(r.rolname)
                FROM pg_database d CROSS JOIN pg_roles r
                WHERE d.datname = current_database() AND r.rolname = session_user
                """);
        int nodes = nodes(connection);
        int needed = nodes * each;
        int room = Integer.parseInt(row[0]);
        String need = "%d node%s may open %d connections".formatted(nodes, nodes == 1 ? "" : "s", needed);
        List<Result> results = new ArrayList<>();
        if (needed > room) {
            results.add(Result.warn(
                    "connections",
                    need + ", and the server has " + room + " (max_connections without the reserved ones).",
                    "As a superuser: ALTER SYSTEM SET max_connections = '" + (needed + needed / 4 + 10)
                            + "', and restart PostgreSQL; or lower database.maxSize, or use a pooler"));
        }
        addLimit(results, need, needed, Integer.parseInt(row[1]), "DATABASE " + row[3]);
        addLimit(results, need, needed, Integer.parseInt(row[2]), "ROLE " + row[4]);
        return results.isEmpty() ? List.of(Result.ok("connections", need + " of " + room + ".")) : List.copyOf(results);
    }

    /** The nodes that live; at least one, because somebody is about to start one. */
    private static int nodes(Connection connection) throws SQLException {
        String living = Queries.hasTable(connection, "nodes")
                ? Queries.first(
                        connection, "SELECT count(*) FROM nodes WHERE lease_until > NOW() AND slots IS NOT NULL")
                : "0";
        return Math.max(1, Integer.parseInt(living));
    }

    private static void addLimit(List<Result> results, String need, int needed, int limit, String whose) {
        if (limit >= 0 && limit < needed) {
            results.add(Result.warn(
                    "connections",
                    need + ", and the limit of " + whose + " is " + limit + ".",
                    "ALTER " + whose + " CONNECTION LIMIT " + (needed + needed / 4) + ", or lower database.maxSize"));
        }
    }

    static String[] row(Connection connection, String columns) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT " + columns)) {
            row.next();
            String[] values = new String[row.getMetaData().getColumnCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = row.getString(i + 1);
            }
            return values;
        }
    }
}
