package io.longhaul.database.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.LockMode;
import io.longhaul.readiness.Condition;
import io.longhaul.schema.migrate.MigrationSession;
import io.longhaul.testing.Database;
import io.longhaul.testing.HostileRole;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

class EngineProbeTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    private final EngineProbe.Connections real = () -> opened(database.user(), database.password());
    private Database admin;
    private static final String CHOICES = "SELECT count(*) FROM housekeepers WHERE task = 'locks:rows'";

    @BeforeEach
    void aNodeHasRun() {
        admin = new Database(database.dataSource());
        admin.run("INSERT INTO housekeepers (task, node_id) VALUES ('retention', 1)");
    }

    private Connection opened(String user, String password) throws java.sql.SQLException {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.setUrl(database.jdbcUrl());
        configuration.setUser(user);
        configuration.setPassword(password);
        return configuration.openPlain("probe");
    }

    private static String message(Engine engine, Capability capability) {
        return engine.findings().stream()
                .filter(one -> one.capability() == capability)
                .map(Finding::message)
                .findFirst()
                .orElseThrow();
    }

    @OwnSession
    @Test
    void postgresqlHasEverything() throws Exception {
        Engine engine = EngineProbe.look(real);
        assertThat(engine.findings())
                .allSatisfy(one -> assertThat(one.answer()).as(one.toString()).isEqualTo(Finding.Answer.YES));
        assertThat(engine.findings()).extracting(Finding::capability).containsExactly(Capability.values());
        assertThat(engine.isComplete()).isTrue();
        assertThat(engine.refusal()).isEmpty();
        assertThat(engine.name()).startsWith("PostgreSQL ");
        assertThat(engine.wakeUpMode()).isEqualTo("notify");
        assertThat(engine.connectionMode()).isEqualTo("session");
    }

    @Test
    void theProbeLeavesNothingBehind() throws Exception {
        String tables = "SELECT count(*) FROM pg_class WHERE relname LIKE 'longhaul_probe%'";
        EngineProbe.look(real);
        assertThat(admin.number(tables)).isZero();
        EngineProbe.look(LackingEngine.committingRollbacks(real));
        assertThat(admin.number(tables)).isZero();
    }

    @Test
    void anEngineThatWaitsForLockedRowsIsRefusedByThatWord() throws Exception {
        Engine engine = EngineProbe.look(LackingEngine.changing(real, " SKIP LOCKED", ""));
        assertThat(engine.lacks(Capability.SKIP_LOCKED)).isTrue();
        assertThat(engine.refusal().orElseThrow().text())
                .contains("it lacks SKIP LOCKED: A second connection waited")
                .contains("Let DATABASE_URL name a PostgreSQL");
    }

    @Test
    void anEngineThatDoesNotKnowTheWordsIsRefused() throws Exception {
        Engine engine = EngineProbe.look(LackingEngine.changing(real, "SKIP LOCKED", "SKIP THEM"));
        assertThat(engine.refusal().orElseThrow().cause())
                .contains("SKIP LOCKED")
                .contains("syntax error");
    }

    @Test
    void anEngineThatKeepsTablesOfARollbackIsRefusedByThatWord() throws Exception {
        Engine engine = EngineProbe.look(LackingEngine.committingRollbacks(real));
        assertThat(engine.lacks(Capability.TRANSACTIONAL_DDL)).isTrue();
        assertThat(engine.refusal().orElseThrow().cause()).contains("it lacks transactional DDL");
        try (Connection connection = LackingEngine.committingRollbacks(real).open()) {
            assertThat(EngineProbe.refusal(connection).orElseThrow().cause()).contains("transactional DDL");
        }
    }

    @OwnSession
    @Test
    void anEngineWhoseAdvisoryLocksDoNothingLocksRows() throws Exception {
        Engine engine = EngineProbe.look(withIdleLocks());
        assertThat(engine.refusal()).isEmpty();
        assertThat(engine.lockMode()).isEqualTo(LockMode.ROWS);
        assertThat(engine.summary())
                .contains("lacks advisory locks")
                .endsWith("Nodes hold each other off by locked rows.");
        assertThat(engine.facts()).containsEntry("lock_mode", "rows");
        assertThat(admin.number(CHOICES)).as("rows that the probe alone wrote").isZero();
    }

    private LackingEngine withIdleLocks() {
        return LackingEngine.changing(real, "pg_try_advisory_xact_lock\\(\\d+\\)", "true");
    }

    @Test
    void whatNobodyMayUseIsMissing() throws Exception {
        for (String lack : List.of("no_such_function(", "pg_catalog.pg_read_file('/' ||")) {
            Engine engine = EngineProbe.look(() -> {
                Connection connection = LackingEngine.changing(
                                real, "pg_advisory_xact_lock\\(", java.util.regex.Matcher.quoteReplacement(lack))
                        .open();
                try (java.sql.Statement statement = connection.createStatement()) {
                    statement.execute("SET ROLE pg_monitor");
                }
                return connection;
            });
            assertThat(engine.lacks(Capability.ADVISORY_LOCKS)).as(lack).isTrue();
        }
    }

    @OwnSession
    @Test
    void aNodeThatFindsNoAdvisoryLocksLetsTheOthersLockRows() throws Exception {
        EngineWatch lucky = new EngineWatch(real);
        assertThat(lucky.lockMode()).isEqualTo(LockMode.ADVISORY);
        EngineWatch other = new EngineWatch(withIdleLocks());
        assertThat(other.lockMode()).isEqualTo(LockMode.ROWS);
        assertThat(admin.number(CHOICES)).isEqualTo(1);
        assertThat(lucky.step()).isEqualTo(Duration.ofMinutes(1));
        assertThat(lucky.lockMode()).isEqualTo(LockMode.BOTH);
        assertThat(lucky.condition().details()).containsEntry("lock_mode", "both");
        assertThat(lucky.condition().message()).contains("and locked rows, as this database says.");

        other.step();
        assertThat(admin.number(CHOICES)).isEqualTo(1);
        admin.run("DELETE FROM housekeepers WHERE task = 'locks:rows'");
        lucky.step();
        assertThat(lucky.lockMode()).isEqualTo(LockMode.ADVISORY);
    }

    @Test
    void whatIsNotKnownTakesBothKindsOfLocks() throws Exception {
        String name = admin.column("SELECT current_database()").get(0);
        admin.run("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
        EngineWatch watch = new EngineWatch(real);
        assertThat(watch.lockMode()).isEqualTo(LockMode.BOTH);
        assertThat(watch.condition().message()).endsWith("by advisory locks and locked rows, to be sure.");
    }

    @Test
    void theProbeLocksNoRowThatNodesWaitFor() throws Exception {
        admin.run("UPDATE housekeepers SET task = 'lock:claims', node_id = 0");
        assertThat(message(EngineProbe.look(real), Capability.SKIP_LOCKED)).startsWith("There is no row yet");
    }

    @Test
    void withoutNotificationsNodesPoll() throws Exception {
        Engine engine = EngineProbe.look(LackingEngine.changing(real, "^LISTEN .*", "LISTENING"));
        assertThat(engine.lacks(Capability.NOTIFICATIONS)).isTrue();
        assertThat(engine.refusal()).isEmpty();
        assertThat(engine.wakeUpMode()).isEqualTo("poll");
    }

    @OwnSession
    @Test
    void aPoolerInTransactionModeIsSeen() throws Exception {
        try (TransactionPooler pooler = new TransactionPooler(real)) {
            assertThat(EngineProbe.givesSessions(pooler)).isFalse();
            Engine engine = EngineProbe.look(pooler);
            assertThat(engine.connectionMode()).isEqualTo("transaction");
            assertThat(engine.wakeUpMode()).isEqualTo("poll");
            assertThat(engine.has(Capability.SKIP_LOCKED)).isTrue();
            assertThat(engine.has(Capability.ADVISORY_LOCKS)).isTrue();
            assertThat(engine.refusal()).isEmpty();
            assertThat(engine.summary()).contains("lacks sessions, LISTEN/NOTIFY");
        }
        assertThat(EngineProbe.givesSessions(real)).isTrue();
    }

    @Test
    void aPoolerIsSeenAlthoughOtherClientsTakeItsSessions() throws Exception {
        try (TransactionPooler pooler = new TransactionPooler(real)) {
            pooler.disturb(3);
            assertThat(EngineProbe.givesSessions(pooler)).isFalse();
        }
    }

    @Test
    void aMigrationThroughAPoolerIsRefusedWithTheAddressToSet() throws Exception {
        try (TransactionPooler pooler = new TransactionPooler(real)) {
            DataSource pooled = new PGSimpleDataSource() {
                @Override
                public Connection getConnection() {
                    return pooler.open();
                }
            };
            assertThatThrownBy(() -> MigrationSession.open(pooled, pooled, Duration.ofSeconds(1), line -> {}))
                    .hasMessageContaining("a pooler's")
                    .hasMessageContaining("Set DATABASE_MIGRATION_URL or DATABASE_DIRECT_URL");
        }
    }

    @OwnSession
    @Test
    void whatCannotBeTriedIsNotCalledMissing() throws Exception {
        admin.run("DELETE FROM housekeepers");
        Engine empty = EngineProbe.look(real);
        assertThat(empty.refusal()).isEmpty();
        assertThat(message(empty, Capability.SKIP_LOCKED)).startsWith("There is no row yet");

        admin.run("ALTER DATABASE " + admin.column("SELECT current_database()").get(0)
                + " SET default_transaction_read_only = on");
        Engine readOnly = EngineProbe.look(real);
        assertThat(readOnly.refusal()).isEmpty();
        assertThat(readOnly.lacks(Capability.WRITABLE)).isTrue();
        assertThat(message(readOnly, Capability.NOTIFICATIONS)).isEqualTo("The database is read-only.");
    }

    @OwnSession
    @Test
    void aRoleWithoutRightsAndWithHostileSettingsIsNoReasonToRefuse() throws Exception {
        String role = "meek_" + ProcessHandle.current().pid();
        admin.run("CREATE ROLE " + role + " LOGIN PASSWORD '" + HostileRole.PASSWORD + "'");
        try {
            admin.run("REVOKE TEMPORARY ON DATABASE "
                    + admin.column("SELECT current_database()").get(0) + " FROM PUBLIC");
            admin.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
            Engine engine = EngineProbe.look(() -> opened(role, HostileRole.PASSWORD));
            assertThat(engine.refusal()).isEmpty();
            assertThat(message(engine, Capability.TRANSACTIONAL_DDL)).contains("permission denied");
        } finally {
            HostileRole.drop(admin, role);
        }
    }

    @OwnSession
    @Test
    void theConditionShowsModesAndRefuses() {
        EngineWatch watch = new EngineWatch(real);
        assertThat(watch.condition().message()).isEqualTo("Not looked yet.");
        assertThat(watch.step()).isEqualTo(Duration.ofMinutes(1));
        assertThat(watch.condition().ok()).isTrue();
        assertThat(watch.condition().details())
                .containsEntry("wake_up_mode", "notify")
                .containsEntry("connection_mode", "session");
        assertThat((Map<?, ?>) watch.condition().details().get("capabilities")).hasSize(Capability.values().length);

        EngineWatch refusing = new EngineWatch(LackingEngine.changing(real, " SKIP LOCKED", ""));
        refusing.step();
        assertThat(refusing.isRefused()).isTrue();
        assertThat(refusing.condition().errorCode()).isEqualTo(Condition.DATABASE_MIGRATION_REQUIRED);
        assertThat(List.of(refusing.condition().message())).first().asString().contains("SKIP LOCKED");
    }

    @Test
    void aDatabaseThatIsAwaySaysNothing() {
        EngineWatch watch = new EngineWatch(() -> {
            throw new java.sql.SQLException("away", "08001");
        });
        assertThat(watch.step()).isEqualTo(Duration.ofSeconds(15));
        assertThat(watch.isRefused()).isFalse();
        assertThat(watch.isDeaf()).isFalse();
        assertThat(watch.lockMode())
                .as("what any other node takes is among them")
                .isEqualTo(LockMode.BOTH);
    }
}
