package io.longhaul.testing;

import java.util.LinkedHashMap;
import java.util.Map;

/** A role whose sessions begin with the least fitting value of each setting that a role may carry. */
public final class HostileRole {
    /** Its password. */
    public static final String PASSWORD = "hostile";

    private static final Map<String, String> VALUES = new LinkedHashMap<>();

    static {
        String[][] values = {
            {"standard_conforming_strings", "off"},
            {"backslash_quote", "off"},
            {"array_nulls", "off"},
            {"quote_all_identifiers", "on"},
            {"transform_null_equals", "on"},
            {"\"DateStyle\"", "'German, DMY'"},
            {"\"IntervalStyle\"", "sql_standard"},
            {"\"TimeZone\"", "'Pacific/Chatham'"},
            {"bytea_output", "escape"},
            {"extra_float_digits", "-15"},
            {"xmloption", "document"},
            {"statement_timeout", "100"},
            {"lock_timeout", "20"},
            {"idle_in_transaction_session_timeout", "500"},
            {"idle_session_timeout", "1000"},
            {"transaction_timeout", "500"},
            {"default_transaction_isolation", "serializable"},
            {"default_transaction_deferrable", "on"},
            {"exit_on_error", "on"},
            {"client_min_messages", "debug5"},
            {"check_function_bodies", "off"},
            {"row_security", "off"},
            {"search_path", "pg_catalog, public, pg_temp"},
            {"restrict_nonsystem_relation_kind", "'view, foreign-table'"},
            {"plpgsql.extra_errors", "'all'"},
            {"plan_cache_mode", "force_custom_plan"},
            {"jit", "on"},
            {"jit_above_cost", "0"},
            {"jit_inline_above_cost", "0"},
            {"jit_optimize_above_cost", "0"},
            {"join_collapse_limit", "1"},
            {"from_collapse_limit", "1"},
            {"geqo_threshold", "2"},
            {"constraint_exclusion", "on"},
            {"cursor_tuple_fraction", "0"},
            {"force_parallel_mode", "regress"},
            {"debug_parallel_query", "regress"},
            {"gin_fuzzy_search_limit", "1"},
            {"work_mem", "'64kB'"},
            {"hash_mem_multiplier", "1"},
            {"temp_buffers", "100"},
            {"default_statistics_target", "1"},
            {"random_page_cost", "1000000"},
            {"cpu_index_tuple_cost", "1000000"},
            {"effective_cache_size", "1"},
            {"parallel_setup_cost", "0"},
            {"parallel_tuple_cost", "0"},
            {"min_parallel_table_scan_size", "0"},
            {"min_parallel_index_scan_size", "0"},
            {"synchronous_commit", "off"},
            {"default_toast_compression", "pglz"}
        };
        for (String[] value : values) {
            VALUES.put(value[0], value[1]);
        }
    }

    private HostileRole() {}

    /**
     * Makes one.
     *
     * @param database where it may do what an owner may
     * @param name of the role
     */
    public static void create(Database database, String name) {
        database.run("CREATE ROLE " + name + " LOGIN PASSWORD '" + PASSWORD + "'");
        String here = database.column("SELECT quote_ident(current_database())").get(0);
        database.run("GRANT ALL ON DATABASE " + here + " TO " + name);
        database.run("GRANT ALL ON SCHEMA public TO " + name);
        for (String setting :
                database.column("SELECT name FROM pg_settings WHERE name ~ '^enable_' AND vartype = 'bool'")) {
            database.run("ALTER ROLE " + name + " SET " + setting + " = off");
        }
        // Not every version has all of them.
        VALUES.forEach((setting, value) -> {
            boolean known = setting.contains(".")
                    || database.number(
                                    "SELECT count(*) FROM pg_settings WHERE name = '" + setting.replace("\"", "") + "'")
                            == 1;
            if (known) {
                database.run("ALTER ROLE " + name + " SET " + setting + " = " + value);
            }
        });
    }

    /**
     * Removes it with all it owns.
     *
     * @param database where it owns something
     * @param name of the role
     */
    public static void drop(Database database, String name) {
        database.run("DROP OWNED BY " + name + " CASCADE");
        database.run("DROP ROLE " + name);
    }
}
