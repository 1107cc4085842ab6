package io.longhaul.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.longhaul.testing.Database;
import io.longhaul.testing.HostileRole;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@OwnSession
class SessionSettingsTest {
    @RegisterExtension
    final TestDatabase server = TestDatabase.empty();

    private final String role = "hostile_" + ProcessHandle.current().pid();

    @BeforeEach
    void makeTheRole() {
        HostileRole.create(new Database(server.dataSource()), role);
    }

    @AfterEach
    void removeTheRole() {
        HostileRole.drop(new Database(server.dataSource()), role);
    }

    private DatabaseConfiguration configuration() {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.setUrl(server.jdbcUrl());
        configuration.setUser(role);
        configuration.setPassword(HostileRole.PASSWORD);
        return configuration;
    }

    /** The settings of a session that affect statements. */
    private static Map<String, String> settings(Connection session) throws SQLException {
        Map<String, String> all = new TreeMap<>();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT name, setting
                        FROM pg_settings
                        WHERE context = 'user' AND name !~ 'cost|_size$|^work_mem|^temp_|_scan_size|_target|_multiplier|^jit_|'
                              'application_name|synchronous_commit|TimeZone|extra_float_digits|toast|^log_|^client_encoding'
                        """)) {
            while (row.next()) {
                all.put(row.getString(1), row.getString(2));
            }
        }
        return all;
    }

    private Map<String, String> ofAnInnocentSession() throws SQLException {
        try (Connection session = server.dataSource().getConnection()) {
            Map<String, String> usual = settings(session);
            usual.put("jit", "off");
            // The role's path without the system's schemas.
            usual.put("search_path", "public");
            return usual;
        }
    }

    /** A server's session must not hold up others for long, nor outlive its client. */
    private Map<String, String> ofAServer() throws SQLException {
        Map<String, String> expected = ofAnInnocentSession();
        expected.put("lock_timeout", "8000");
        expected.put("idle_in_transaction_session_timeout", "15000");
        expected.put("tcp_keepalives_idle", "10");
        expected.put("tcp_keepalives_interval", "5");
        expected.put("tcp_keepalives_count", "4");
        expected.put("tcp_user_timeout", "30000");
        expected.computeIfPresent("client_connection_check_interval", (name, never) -> "2000");
        return expected;
    }

    private static Map<String, String> inPool(ManagedDataSource pool) throws Exception {
        pool.start();
        try (Connection session = pool.getConnection()) {
            return settings(session);
        } finally {
            pool.stop();
        }
    }

    @Test
    void aRoleChangesNothingForRequests() throws Exception {
        assertThat(inPool(configuration().build(new MetricRegistry(), "requests")))
                .isEqualTo(ofAServer());
    }

    @Test
    void aRoleThatMayNotUseALanguageIsServed() throws Exception {
        Map<String, String> expected = ofAServer();
        new Database(server.dataSource()).run("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC");
        assertThat(inPool(configuration().build(new MetricRegistry(), "requests")))
                .isEqualTo(expected);
    }

    @Test
    void aRoleChangesNothingForWorkers() throws Exception {
        Map<String, String> expected = ofAServer();
        expected.put("enable_seqscan", "off");
        expected.put("enable_bitmapscan", "off");
        expected.put("enable_sort", "off");
        expected.put("plan_cache_mode", "force_generic_plan");
        assertThat(inPool(configuration().buildForWorkers(new MetricRegistry())))
                .isEqualTo(expected);
    }

    @Test
    void aRoleChangesNothingForSeparateSessions() throws Exception {
        try (Connection listener = configuration().openConnection("listener");
                Connection single =
                        new SessionDataSource(server.jdbcUrl(), role, HostileRole.PASSWORD).getConnection()) {
            assertThat(settings(listener)).isEqualTo(ofAnInnocentSession());
            assertThat(settings(single)).isEqualTo(ofAnInnocentSession());
        }
    }

    @Test
    void aRoleChangesNothingForCommands() throws Exception {
        DatabaseConfiguration command = configuration();
        command.asSingleConnectionPool();
        assertThat(inPool(command.build(new MetricRegistry(), "db"))).isEqualTo(ofAnInnocentSession());
    }

    @Test
    void leavesAPoolersSessionsUnchanged() throws Exception {
        DatabaseConfiguration pooled = configuration();
        new Database(server.dataSource()).run("ALTER ROLE " + role + " RESET ALL");
        new Database(server.dataSource()).run("ALTER ROLE " + role + " SET array_nulls = off");
        pooled.setPooled(true);
        assertThat(inPool(pooled.build(new MetricRegistry(), "requests"))).containsEntry("array_nulls", "off");
        assertThat(inPool(pooled.buildForWorkers(new MetricRegistry())))
                .containsEntry("array_nulls", "off")
                .containsEntry("enable_seqscan", "on");
        pooled.setPooled(false);
        assertThat(inPool(pooled.build(new MetricRegistry(), "requests"))).containsEntry("array_nulls", "on");
    }
}
