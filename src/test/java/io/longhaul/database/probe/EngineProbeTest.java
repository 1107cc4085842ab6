package io.longhaul.database.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.readiness.Condition;
import io.longhaul.testing.Database;
import io.longhaul.testing.HostileRole;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EngineProbeTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    private final EngineProbe.Connections real = () -> opened(database.user(), database.password());
    private Database admin;

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

    @Test
    void anEngineWhoseAdvisoryLocksDoNothingIsRefused() throws Exception {
        Engine engine = EngineProbe.look(LackingEngine.changing(real, "pg_try_advisory_xact_lock\\(\\d+\\)", "true"));
        assertThat(engine.refusal().orElseThrow().cause()).contains("advisory locks: Two connections held");
    }

    @Test
    void withoutNotificationsNodesPoll() throws Exception {
        Engine engine = EngineProbe.look(LackingEngine.changing(real, "^LISTEN .*", "LISTENING"));
        assertThat(engine.lacks(Capability.NOTIFICATIONS)).isTrue();
        assertThat(engine.refusal()).isEmpty();
        assertThat(engine.wakeUpMode()).isEqualTo("poll");
    }

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

    @Test
    void theConditionShowsModesAndRefuses() {
        EngineWatch watch = new EngineWatch(real);
        assertThat(watch.condition().message()).isEqualTo("Not looked yet.");
        assertThat(watch.step()).isEqualTo(java.time.Duration.ofHours(1));
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
        assertThat(watch.step()).isEqualTo(java.time.Duration.ofSeconds(15));
        assertThat(watch.isRefused()).isFalse();
        assertThat(watch.isDeaf()).isFalse();
    }
}
