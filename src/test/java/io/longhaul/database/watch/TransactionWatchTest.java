package io.longhaul.database.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.readiness.Condition;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Label;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

class TransactionWatchTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.empty();

    private static final Duration SHORT = Duration.ofMillis(1);

    private static TransactionWatch watch(DataSource source, Duration threshold) {
        TransactionWatch watch = new TransactionWatch(source, threshold);
        watch.look();
        return watch;
    }

    /** A session with an open transaction. */
    private static Connection open() throws SQLException {
        PGSimpleDataSource source = DATABASE.newSessions();
        source.setApplicationName("forgotten");
        Connection connection = source.getConnection();
        connection.setAutoCommit(false);
        run(connection, "SELECT 1");
        return connection;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @OwnSession
    @Test
    void holdsWithoutAnOpenTransaction() {
        Condition condition = watch(DATABASE.dataSource(), SHORT).condition();
        assertThat(condition.ok()).isTrue();
        assertThat(condition.degraded()).isFalse();
        assertThat(condition.message()).isEqualTo("None is open.");
        assertThat(metric(watch(DATABASE.dataSource(), SHORT))).isEmpty();
    }

    @Test
    void reportsAForgottenTransactionWithOwnerAndCureAndStaysReady() throws SQLException {
        try (Connection forgotten = open()) {
            long pid = new Database(DATABASE.dataSource())
                    .number("SELECT pid FROM pg_stat_activity WHERE application_name = 'forgotten'");
            TransactionWatch watch = watch(DATABASE.dataSource(), SHORT);
            Await.until("it is old", Await.LONG, () -> {
                watch.look();
                return watch.condition().degraded();
            });
            Condition condition = watch.condition();
            assertThat(condition.ok()).isTrue();
            assertThat(condition.errorCode()).isEqualTo("OLD_TRANSACTION");
            assertThat(condition.message())
                    .contains("session " + pid, DATABASE.user(), "forgotten", "idle in transaction");
            assertThat(condition.cure()).isEqualTo("SELECT pg_terminate_backend(" + pid + ")");
            assertThat(condition.details()).containsEntry("application", "forgotten");
            assertThat(watch.ageSeconds()).isPositive();
            assertThat(metric(watch)).contains("forgotten", DATABASE.user(), Long.toString(pid), "idle in transaction");
            assertThat(watch(DATABASE.dataSource(), Duration.ofHours(1))
                            .condition()
                            .degraded())
                    .isFalse();
            forgotten.rollback();
        }
    }

    /** The labels of the transaction's line in the metrics. */
    private static List<String> metric(TransactionWatch watch) {
        PrometheusRegistry registry = new PrometheusRegistry();
        OldestTransactionMetric.register(watch, registry);
        return registry.scrape().stream()
                .flatMap(figure -> figure.getDataPoints().stream())
                .flatMap(line -> line.getLabels().stream())
                .map(Label::getValue)
                .toList();
    }

    @OwnSession
    @Test
    void saysSoIfTheRoleMayNotSeeOtherSessionsAndWhichStatementShowsThem() throws SQLException {
        Database database = new Database(DATABASE.dataSource());
        String role = "Longhaul Blind " + System.nanoTime();
        database.run("CREATE ROLE \"" + role + "\" LOGIN PASSWORD 'blind'");
        try (Connection forgotten = open()) {
            PGSimpleDataSource blind = DATABASE.newSessions();
            blind.setUser(role);
            blind.setPassword("blind");
            Condition condition = watch(blind, SHORT).condition();
            assertThat(condition.ok()).isTrue();
            assertThat(condition.degraded()).isFalse();
            assertThat(condition.message())
                    .matches("None is seen open. Of \\d+ sessions of other roles it is not shown whether one is open.");
            assertThat(condition.cure()).startsWith("As a superuser: GRANT pg_read_all_stats TO \"Longhaul Blind");
            database.run(condition.cure().substring("As a superuser: ".length()));
            assertThat(watch(blind, SHORT).oldest()).isPresent();
            forgotten.rollback();
        } finally {
            database.run("DROP ROLE \"" + role + "\"");
        }
    }

    @Test
    void reportsAReplicationSlotWithItsCure() {
        OpenTransaction slot =
                new OpenTransaction("replication slot", "standby", null, null, "not in use", Duration.ofMinutes(6));
        assertThat(slot.who()).isEqualTo("replication slot standby, not in use");
        assertThat(slot.cure()).contains("pg_drop_replication_slot('standby')");
    }

    @Test
    void ignoresAnUnreachableDatabase() {
        PGSimpleDataSource away = new PGSimpleDataSource();
        away.setUrl("jdbc:postgresql://127.0.0.1:1/none?connectTimeout=1");
        Condition condition = watch(away, SHORT).condition();
        assertThat(condition.ok()).isTrue();
        assertThat(condition.degraded()).isFalse();
    }
}
