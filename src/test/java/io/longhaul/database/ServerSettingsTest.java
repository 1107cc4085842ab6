package io.longhaul.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.longhaul.testing.Database;
import io.longhaul.testing.HostileRole;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ServerSettingsTest {
    @RegisterExtension
    final TestDatabase server = TestDatabase.empty();

    private final String role = "innocent_" + ProcessHandle.current().pid();
    private Database admin;

    @BeforeEach
    void makeTheRole() {
        admin = new Database(server.dataSource());
        admin.run("CREATE ROLE " + role + " LOGIN PASSWORD '" + HostileRole.PASSWORD + "'");
    }

    @AfterEach
    void removeTheRole() {
        HostileRole.drop(admin, role);
    }

    private ServerSettings read(boolean pooled) throws Exception {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.setUrl(server.jdbcUrl());
        configuration.setUser(role);
        configuration.setPassword(HostileRole.PASSWORD);
        configuration.setPooled(pooled);
        ManagedDataSource pool = configuration.build(new MetricRegistry(), "settings");
        pool.start();
        try (Connection session = pool.getConnection()) {
            return ServerSettings.read(session);
        } finally {
            pool.stop();
        }
    }

    /** Warnings about this role only: the servers of tests do not sync to disk, which causes warnings, too. */
    private static List<String> ofTheRole(ServerSettings settings) {
        return settings.warnings().stream()
                .map(ServerSettings.Warning::setting)
                .filter(name -> !List.of("fsync", "full_page_writes", "synchronous_commit")
                        .contains(name))
                .toList();
    }

    private void set(String setting, String value) {
        admin.run("ALTER ROLE " + role + " SET " + setting + " = " + value);
    }

    @Test
    void showsTheServersValuesAndNotThoseOfTheSession() throws Exception {
        set("jit", "on");
        ServerSettings settings = read(false);
        assertThat(settings.version())
                .isEqualTo(admin.column("SHOW server_version").get(0));
        assertThat(settings.values())
                .containsEntry("jit", "on")
                .containsEntry(
                        "shared_buffers", admin.column("SHOW shared_buffers").get(0))
                .containsEntry("fsync", admin.column("SHOW fsync").get(0));
        assertThat(ofTheRole(settings)).isEmpty();
    }

    @OwnSession
    @Test
    void warnsOfARolesSettingUntilItsCureIsApplied() throws Exception {
        set("work_mem", "'64kB'");
        set("synchronous_commit", "remote_apply");
        set("statement_timeout", "5000");
        List<ServerSettings.Warning> warnings = read(false).warnings().stream()
                .filter(warning -> warning.cure().contains(role))
                .toList();
        assertThat(warnings)
                .extracting(ServerSettings.Warning::setting)
                .containsExactly("synchronous_commit", "work_mem");
        assertThat(warnings.get(1).message()).startsWith("work_mem is 64kB. ");
        warnings.forEach(warning -> admin.run(warning.cure().replace(", and restart Longhaul", "")));
        assertThat(read(false).warnings()).noneMatch(warning -> warning.cure().contains(role));
    }

    @OwnSession
    @Test
    void warnsOfAPoolersSettingUntilItsCureIsApplied() throws Exception {
        set("array_nulls", "off");
        set("statement_timeout", "5000");
        set("enable_indexscan", "off");
        // As a node's own sessions have it.
        set("lock_timeout", "'8s'");
        set("\"IntervalStyle\"", "iso_8601");
        admin.run("ALTER DATABASE " + admin.column("SELECT current_database()").get(0) + " SET jit = on");
        List<ServerSettings.Warning> warnings = read(true).warnings().stream()
                .filter(warning -> warning.message().contains("cannot set it"))
                .toList();
        assertThat(warnings)
                .extracting(ServerSettings.Warning::setting)
                .containsExactlyInAnyOrder(
                        "array_nulls", "statement_timeout", "enable_indexscan", "IntervalStyle", "jit");
        warnings.forEach(warning -> admin.run(warning.cure().replace(", and restart Longhaul", "")));
        assertThat(ofTheRole(read(true))).isEmpty();
    }

    @OwnSession
    @Test
    void warnsOfSettingsThatOnlyASuperuserMayChange() throws Exception {
        set("session_replication_role", "replica");
        set("log_statement", "'all'");
        List<ServerSettings.Warning> warnings = read(false).warnings();
        assertThat(warnings)
                .extracting(ServerSettings.Warning::setting)
                .contains("session_replication_role", "log_statement");
        assertThat(warnings)
                .filteredOn(warning -> warning.setting().equals("session_replication_role"))
                .allSatisfy(warning -> assertThat(warning.cure()).startsWith("As a superuser: ALTER ROLE " + role));
    }
}
