package io.longhaul.database;

import io.longhaul.database.faults.DatabaseFault;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Settings that each session makes when it begins, so that no setting of a server, a database or a role changes the
 * meaning or the plan of a statement.
 *
 * <p>They are statements and not connection options, which many poolers refuse.
 */
public final class SessionSettings {
    /** Settings on which the next statements depend. A role with a short statement timeout leaves no time for more. */
    private static final String FIRST = "SET statement_timeout = 0; SET lock_timeout = 0;"
            + " SET default_transaction_isolation = 'read committed'; SET default_transaction_deferrable = off;"
            + " SET standard_conforming_strings = on; SET array_nulls = on; SET exit_on_error = off;"
            // The next statements are compiled under a role with low thresholds, which takes longer than all the rest.
            + " SET jit = off;"
            // Missing from pg_settings until the session runs a function in that language.
            + " SET plpgsql.extra_errors = 'none'";

    /** Values that differ from PostgreSQL's own defaults, and those of {@link #FIRST}. */
    private static final Map<String, String> OURS = Map.ofEntries(
            Map.entry("statement_timeout", "0"),
            Map.entry("lock_timeout", "0"),
            Map.entry("idle_in_transaction_session_timeout", "0"),
            Map.entry("idle_session_timeout", "0"),
            Map.entry("transaction_timeout", "0"),
            Map.entry("default_transaction_isolation", "read committed"),
            Map.entry("default_transaction_deferrable", "off"),
            Map.entry("standard_conforming_strings", "on"),
            Map.entry("array_nulls", "on"),
            Map.entry("exit_on_error", "off"),
            Map.entry("DateStyle", "ISO, MDY"),
            // Before PostgreSQL 18 each disabled planner node costs more than the JIT compiler's thresholds, so that
            // every claim would be compiled anew. Statements this short gain nothing from compiling anyway.
            Map.entry("jit", "off"));

    /**
     * How long a session of a running server may hold up others. A node that stands still or lost its power must give its
     * locks and connections back while it is away. Commands and migrations may take longer.
     */
    private static final Map<String, String> LIMITS = Map.of(
            // Milliseconds. Shorter than the driver's socketTimeout, after which the wait would go on without a client.
            "lock_timeout", "8000",
            // Between two statements of a transaction there is at most some work of this process.
            "idle_in_transaction_session_timeout", "15000",
            // Seconds, and milliseconds for the last: a client that vanished is noticed after half a minute, not two
            // hours.
            "tcp_keepalives_idle", "10",
            "tcp_keepalives_interval", "5",
            "tcp_keepalives_count", "4",
            "tcp_user_timeout", "30000");

    /** Ends the statement of a client that closed its connection. PostgreSQL 14 and newer, and not on every system. */
    private static final String CHECK_OF_CLIENTS = "SET client_connection_check_interval = '2s'";

    private static final int FIRST_WITH_CHECK_OF_CLIENTS = 14;

    /**
     * Other settings on which the meaning or plan of a statement depends. These, and all that begin with
     * {@code enable_}, get PostgreSQL's own defaults. Costs and sizes are left alone; they describe the machine.
     */
    private static final String USUAL = "backslash_quote, bytea_output, check_function_bodies, client_min_messages,"
            + " constraint_exclusion, cursor_tuple_fraction, debug_parallel_query, force_parallel_mode, from_collapse_limit,"
            + " geqo, geqo_effort, geqo_generations, geqo_pool_size, geqo_seed, geqo_selection_bias, geqo_threshold,"
            + " gin_fuzzy_search_limit, IntervalStyle, join_collapse_limit, plan_cache_mode, quote_all_identifiers,"
            + " recursive_worktable_factor, restrict_nonsystem_relation_kind, row_security, session_replication_role,"
            + " transform_null_equals, xmloption";

    /**
     * Each statement of the engine has an index, but a queue that was empty a moment ago has no statistics. So each
     * plan is made once: planning at each call would take longer than many of the calls.
     */
    private static final Map<String, String> OF_WORKERS = Map.of(
            "enable_seqscan", "off",
            "enable_bitmapscan", "off",
            "enable_sort", "off",
            "plan_cache_mode", "force_generic_plan");

    /**
     * Removes the system's schemas from a search path that names them: unnamed, they come first anyway, and tables must
     * never be made there. A path that names nothing becomes the usual one.
     */
    private static final String PATH = """
            SELECT set_config('search_path', COALESCE(string_agg(btrim(p.name), ', ' ORDER BY p.place), '"$user", public'), false)
            FROM regexp_split_to_table(current_setting('search_path'), ',(?=([^"]*"[^"]*")*[^"]*$)') WITH ORDINALITY AS p (name, place)
            WHERE lower(btrim(p.name, ' "')) NOT IN ('', 'pg_catalog', 'pg_temp')
            HAVING current_setting('search_path') ~* 'pg_(catalog|temp)|^[", ]*$'
            """;

    private static final int ATTEMPTS = 5;
    private static final String CANCELLED = "57014";

    private SessionSettings() {}

    /**
     * Prepares a session whose statements and transactions may take any time.
     *
     * @param connection new, in autocommit mode
     */
    public static void prepare(Connection connection) throws SQLException {
        prepare(connection, Map.of());
    }

    /** Prepares a session of a running server, which must not hold up others for long. */
    static void prepareForServer(Connection connection) throws SQLException {
        prepare(connection, LIMITS);
        checkClient(connection);
    }

    /** Prepares a session of the workers. */
    static void prepareForWorkers(Connection connection) throws SQLException {
        Map<String, String> values = new TreeMap<>(LIMITS);
        values.putAll(OF_WORKERS);
        prepare(connection, values);
        checkClient(connection);
    }

    private static void checkClient(Connection connection) throws SQLException {
        if (connection.getMetaData().getDatabaseMajorVersion() < FIRST_WITH_CHECK_OF_CLIENTS) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(CHECK_OF_CLIENTS);
        } catch (SQLException e) {
            // In autocommit mode the session goes on as before.
            if (DatabaseFault.of(e).passes()) {
                throw e;
            }
        }
    }

    private static void prepare(Connection connection, Map<String, String> more) throws SQLException {
        Map<String, String> values = new TreeMap<>(OURS);
        values.putAll(more);
        try (Statement statement = connection.createStatement()) {
            first(statement);
            statement.execute(rest(values));
            statement.execute(PATH);
        }
    }

    /** Until this is done the role's own statement timeout applies, and a busy machine may need longer than that. */
    private static void first(Statement statement) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                statement.execute(FIRST);
                return;
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !CANCELLED.equals(e.getSQLState())) {
                    throw e;
                }
            }
        }
    }

    /**
     * Query for settings that a session could not make: it belongs to a pooler, or the role lacks the right.
     *
     * @return name, value, intended value, and context of each such setting
     */
    static String foreign() {
        return "SELECT s.name, s.setting, COALESCE(o.value, s.boot_val), s.context " + different(OURS)
                + "AND (s.name, s.setting) NOT IN (VALUES " + rows(LIMITS) + ") ORDER BY s.name";
    }

    /** Changes only settings that differ, exist on this server, and may be set by this role. */
    private static String rest(Map<String, String> values) {
        return "SELECT set_config(s.name, COALESCE(o.value, s.boot_val), false) " + different(values)
                + "AND (s.context = 'user' OR s.context = 'superuser' AND current_setting('is_superuser') = 'on')";
    }

    private static String different(Map<String, String> values) {
        return """
                FROM pg_settings s
                LEFT JOIN (VALUES %s) AS o (name, value) ON o.name = s.name
                WHERE (o.name IS NOT NULL OR s.name LIKE 'enable%%' OR s.name = ANY (string_to_array('%s', ', ')))
                  AND s.setting <> COALESCE(o.value, s.boot_val)
                """.formatted(rows(values), USUAL);
    }

    private static String rows(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> "('" + entry.getKey() + "', '" + entry.getValue() + "')")
                .collect(Collectors.joining(", "));
    }
}
