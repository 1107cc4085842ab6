package io.longhaul.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Version and settings of the server that decide how fast and how safe jobs are, as configured on the server and for
 * the role.
 *
 * @param version of PostgreSQL
 * @param values in readable form, such as {@code 128MB}, by the names of the settings; settings of the session itself
 *     show the value from before
 * @param warnings about settings that make jobs slow or unsafe; the most serious first
 */
public record ServerSettings(String version, Map<String, String> values, List<Warning> warnings) {
    private static final String SHOWN = "jit, fsync, full_page_writes, synchronous_commit, shared_buffers, work_mem,"
            + " max_wal_size, wal_level, random_page_cost, autovacuum, track_counts, max_connections, log_statement,"
            + " log_duration, log_min_duration_statement, session_replication_role, debug_assertions, debug_discard_caches,"
            + " auto_explain.log_min_duration";

    private static final String LOSES = "A crash may lose jobs that were accepted.";
    private static final String BLOAT = "Nothing removes dead rows, so all queues grow slower and slower.";
    private static final String LOGS = "The server writes every statement into its log.";

    /** Numbers are in the server's units: blocks of 8 kB, kB and MB. */
    private static final List<Rule> RULES = List.of(
            new Rule("fsync", "off"::equals, LOSES, "on"),
            new Rule("full_page_writes", "off"::equals, LOSES, "on"),
            new Rule("synchronous_commit", "off"::equals, LOSES, "on"),
            new Rule("autovacuum", "off"::equals, BLOAT, "on"),
            new Rule("track_counts", "off"::equals, BLOAT, "on"),
            new Rule("synchronous_commit", "remote_apply"::equals, "Each commit waits until standbys show it.", "on"),
            new Rule("shared_buffers", below(4_096), "The server reads from the disk what it could keep.", "128MB"),
            new Rule("work_mem", below(1_024), "The server sorts on the disk what it could sort in memory.", "4MB"),
            new Rule("max_wal_size", below(256), "There is a checkpoint after some ten thousand jobs.", "1GB"),
            new Rule("log_statement", value -> value.matches("all|mod"), LOGS, "none"),
            new Rule("log_duration", "on"::equals, LOGS, "off"),
            new Rule("log_min_duration_statement", "0"::equals, LOGS, "-1"),
            new Rule("auto_explain.log_min_duration", "0"::equals, LOGS, "-1"),
            new Rule("debug_assertions", "on"::equals, "This PostgreSQL was built for its developers.", "off"),
            new Rule(
                    "debug_discard_caches",
                    value -> !value.equals("0"),
                    "The server reads its catalog again each time.",
                    "0"));

    public ServerSettings {
        values = Map.copyOf(values);
        warnings = List.copyOf(warnings);
    }

    /**
     * A setting that should be changed.
     *
     * @param setting its name
     * @param message its value and the effect
     * @param cure the statement that changes it
     */
    public record Warning(String setting, String message, String cure) {
        /** True if a crash could lose jobs that were accepted; all others only cost time. */
        public boolean losesJobs() {
            return message.endsWith(LOSES);
        }
    }

    /** A test for bad values of a setting, and a better value. */
    private record Rule(String setting, Predicate<String> warns, String message, String better) {}

    /** A setting of a session: the stored value, the readable one, and the context in which it may be changed. */
    private record Value(String raw, String shown, String context) {}

    private static Predicate<String> below(long least) {
        return value -> Long.parseLong(value) < least;
    }

    /**
     * Reads the settings.
     *
     * @param connection one that requests use
     * @return values that new sessions begin with, and warnings about settings that a session cannot change for itself
     */
    public static ServerSettings read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            Map<String, Value> values = values(statement);
            Map<String, String> shown = new LinkedHashMap<>();
            values.forEach((name, value) -> shown.put(name, value.shown()));
            String role = one(
                    statement,
                    "SELECT 'ALTER ROLE ' || quote_ident(current_user) || ' IN DATABASE ' || quote_ident(current_database())");
            return new ServerSettings(
                    one(statement, "SELECT current_setting('server_version')"),
                    shown,
                    warnings(statement, role, values));
        }
    }

    private static Map<String, Value> values(Statement statement) throws SQLException {
        Map<String, Value> values = new LinkedHashMap<>();
        try (ResultSet row = statement.executeQuery("""
                SELECT name, setting, CASE WHEN setting = reset_val THEN current_setting(name) ELSE reset_val END, context
                FROM pg_settings
                WHERE name = ANY (string_to_array('%s', ', '))
                """.formatted(SHOWN))) {
            while (row.next()) {
                values.put(row.getString(1), new Value(row.getString(2), row.getString(3), row.getString(4)));
            }
        }
        return values;
    }

    private static List<Warning> warnings(Statement statement, String role, Map<String, Value> values)
            throws SQLException {
        List<Warning> warnings = new ArrayList<>();
        for (Rule rule : RULES) {
            Value value = values.get(rule.setting());
            if (value != null && rule.warns().test(value.raw())) {
                warnings.add(new Warning(
                        rule.setting(),
                        rule.setting() + " is " + value.shown() + ". " + rule.message(),
                        cure(role, value.context(), rule.setting(), rule.better())));
            }
        }
        try (ResultSet row = statement.executeQuery(SessionSettings.foreign())) {
            while (row.next()) {
                String name = row.getString(1);
                warnings.add(new Warning(
                        name,
                        name + " is '" + row.getString(2) + "', and our sessions cannot set it for themselves.",
                        cure(role, row.getString(4), name, row.getString(3))));
            }
        }
        return warnings;
    }

    /** Overrides every other place where the value may be set. */
    private static String cure(String role, String context, String name, String value) {
        String system = "ALTER SYSTEM SET " + name + " = '" + value + "'";
        return switch (context) {
            case "user" -> role + " SET " + name + " = '" + value + "', and restart Longhaul";
            case "superuser" -> "As a superuser: " + role + " SET " + name + " = '" + value + "', and restart Longhaul";
            case "sighup" -> "As a superuser: " + system + "; SELECT pg_reload_conf()";
            case "postmaster" -> "As a superuser: " + system + ", and restart PostgreSQL";
            default -> "Use another build of PostgreSQL";
        };
    }

    private static String one(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
