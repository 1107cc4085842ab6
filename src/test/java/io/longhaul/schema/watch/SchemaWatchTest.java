package io.longhaul.schema.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.health.HealthCheck;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Migrations;
import io.longhaul.schema.Sql;
import io.longhaul.schema.watch.SchemaState.Status;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.Wire;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** The verdicts of a server on a schema that appears, disappears and changes. */
@Timeout(120)
class SchemaWatchTest {
    private static final Cures CURES = new Cures("config.yml");
    private static final int ALL = Migrations.PACKED.changesets().size();

    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    private final BlockingQueue<SchemaState> changes = new LinkedBlockingQueue<>();
    private SchemaWatch watch;

    @AfterEach
    void stop() {
        if (watch != null) {
            watch.stop();
        }
    }

    @Test
    void aMigratedSchemaIsReady() {
        SchemaState state = watching(source()).check();
        assertThat(state.status()).isEqualTo(Status.READY);
        assertThat(state.message()).isEmpty();
        assertThat(state.finding().foundLevel()).isEqualTo(state.finding().expectedLevel());
        assertThat(health().isHealthy()).isTrue();
    }

    @Test
    void isUnknownBeforeTheFirstCheck() {
        assertThat(watching(source()).state().status()).isEqualTo(Status.UNKNOWN);
        assertThat(health().isHealthy()).isFalse();
    }

    @OwnSession
    @Test
    void aRolledBackSchemaRequiresMigrationAndRecoversByItself() throws Exception {
        Sql.addJobs(source(), 5);
        started(source());
        assertThat(next().status()).isEqualTo(Status.READY);

        new Migrations(source()).down(ALL);
        SchemaState missing = awaitStatus(Status.MIGRATION_REQUIRED);
        while (missing.finding().pending().size()
                < Migrations.PACKED.changesets().size()) {
            // It checked in the middle of the rollback.
            missing = awaitStatus(Status.MIGRATION_REQUIRED);
        }
        assertThat(missing.reason())
                .contains("found 0", "Table jobs is missing".toLowerCase(java.util.Locale.ROOT), "0001-seed");
        assertThat(missing.cure()).isEqualTo("java -jar app.jar db migrate config.yml");
        assertThat(missing.finding().pending()).first().isEqualTo("0001-seed");
        assertThat(health().getMessage()).isEqualTo(missing.message());

        new Migrations(source()).up();
        assertThat(awaitStatus(Status.READY).finding().pending()).isEmpty();
        assertThat(health().isHealthy()).isTrue();
    }

    @Test
    void checksASuspicionAtOnce() throws Exception {
        started(source());
        next();
        Sql.run(source(), "ALTER TABLE jobs RENAME COLUMN parameters TO params");
        assertThat(watch.suspect(new RuntimeException(new SQLException("column does not exist", "42703"))))
                .isTrue();
        Instant asked = Instant.now();
        SchemaState state = awaitStatus(Status.INCOMPATIBLE);
        assertThat(Duration.between(asked, state.since())).isLessThan(Duration.ofSeconds(3));
        assertThat(state.reason()).contains("column jobs.parameters is missing");
        assertThat(state.cure()).isEqualTo("java -jar app.jar schema verify config.yml shows the repair");
        assertThat(watch.suspect(new SQLException("deadlock", "40P01"))).isFalse();
    }

    @OwnSession
    @Test
    void reportsManualChangesBesidePendingChangesets() throws Exception {
        new Migrations(source()).down(1);
        Sql.run(source(), "ALTER TABLE jobs RENAME COLUMN parameters TO params");
        SchemaState state = watching(source()).check();
        assertThat(state.status()).isEqualTo(Status.MIGRATION_REQUIRED);
        assertThat(state.cure())
                .isEqualTo("java -jar app.jar db migrate config.yml, and for what was changed by hand"
                        + " java -jar app.jar schema verify config.yml, which shows the repair");
    }

    @Test
    void distinguishesADroppedTableFromOneNeverMade() {
        Sql.run(source(), "DROP TABLE jobs CASCADE");
        SchemaState state = watching(source()).check();
        assertThat(state.status()).isEqualTo(Status.MIGRATION_REQUIRED);
        assertThat(state.reason()).contains("jobs is missing", "dropped or renamed by hand");
        assertThat(state.cure())
                .isEqualTo("restore it, or create it again without rows:"
                        + " java -jar app.jar schema verify config.yml shows the repair");
    }

    @Test
    void theCureForADroppedTableWorks() throws Exception {
        Sql.run(source(), "DROP TABLE jobs CASCADE");
        SchemaExpectation.packed()
                .compare(Sql.snapshot(source()))
                .differences()
                .forEach(difference -> Sql.run(source(), difference.repair()));
        assertThat(watching(source()).check().status()).isEqualTo(Status.READY);
    }

    @Test
    void aMissingIndexDegradesButDoesNotStop() {
        Sql.run(source(), "DROP INDEX idx_jobs_trace_id");
        SchemaState state = watching(source()).check();
        assertThat(state.status()).isEqualTo(Status.READY);
        assertThat(state.reason()).isEqualTo("Degraded: index idx_jobs_trace_id is missing.");
        assertThat(health().isHealthy()).isTrue();
    }

    @OwnSession
    @Test
    void whatAPendingChangesetMakesIsCuredByMigrating() throws Exception {
        new Migrations(source()).down(1);

        SchemaState pending = watching(source()).check();

        assertThat(pending.status()).isEqualTo(Status.READY);
        assertThat(pending.reason())
                .isEqualTo("Degraded: index idx_jobs_unsuccessful is missing. Pending: 0023-idx-jobs-unsuccessful.");
        assertThat(pending.cure()).isEqualTo("java -jar app.jar db migrate config.yml");

        Sql.run(source(), "DROP INDEX idx_jobs_trace_id");
        assertThat(watching(source()).check().cure())
                .startsWith("java -jar app.jar db migrate config.yml, and for what was changed by hand");
        new Migrations(source()).up();
        assertThat(watching(source()).check().cure())
                .isEqualTo("java -jar app.jar schema verify config.yml shows the repair");
    }

    @OwnSession
    @Test
    void acceptsAdditionsOfANewerReleaseButNotBreakingChanges() throws Exception {
        SchemaWatch here = watching(source());
        new Migrations(source()).run(Migrations.changelog("newer"), liquibase -> liquibase.update(1, ""));
        SchemaState additive = here.check();
        assertThat(additive.status()).isEqualTo(Status.READY);
        assertThat(additive.reason()).isEqualTo("Newer schema, level 9001.");
        assertThat(additive.finding().unknown()).containsExactly("9001-additive");

        new Migrations(source()).run(Migrations.changelog("newer"), liquibase -> liquibase.update(1, ""));
        SchemaState breaking = here.check();
        assertThat(breaking.status()).isEqualTo(Status.INCOMPATIBLE);
        assertThat(breaking.reason()).contains("9002-breaking needs a release of level 9002");
    }

    @Test
    void rejectsTheSameAdditionsMadeByHand() {
        Sql.run(source(), "ALTER TABLE jobs ADD CONSTRAINT by_hand CHECK (tool_name <> 'x')");
        assertThat(watching(source()).check().status()).isEqualTo(Status.INCOMPATIBLE);
    }

    @OwnSession
    @Test
    void namesAMissingGrant() {
        String role = "worker_" + Sql.one(source(), "SELECT replace(gen_random_uuid()::text, '-', '')");
        Sql.run(
                source(),
                "CREATE ROLE " + role + " LOGIN PASSWORD 'x'; GRANT SELECT ON databasechangelog TO " + role
                        + "; GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role
                        + "; GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO " + role
                        + "; REVOKE UPDATE ON jobs FROM " + role);
        try {
            PGSimpleDataSource worker = database.newSessions();
            worker.setUser(role);
            worker.setPassword("x");
            SchemaState state = watching(worker).check();
            assertThat(state.status()).isEqualTo(Status.INCOMPATIBLE);
            assertThat(state.reason()).isEqualTo("The role of this service lacks UPDATE on table jobs.");
            assertThat(state.cure()).isEqualTo("as the owner of the tables: GRANT UPDATE ON jobs TO " + role + ";");
            watch.stop();
        } finally {
            Sql.run(source(), "DROP OWNED BY " + role + "; DROP ROLE " + role);
        }
    }

    @Test
    void noticesADeadDatabaseAndItsReturnWithinFiveSeconds() throws Exception {
        try (Wire wire = wire()) {
            started(through(wire));
            assertThat(next().status()).isEqualTo(Status.READY);
            Instant cut = Instant.now();
            wire.cut();
            SchemaState dead = awaitStatus(Status.UNREACHABLE);
            assertThat(Duration.between(cut, dead.since())).isLessThan(Duration.ofSeconds(5));
            assertThat(dead.reason())
                    .startsWith("The database does not answer: ")
                    .doesNotContain("Start PostgreSQL");
            assertThat(dead.cure()).startsWith("Start PostgreSQL");
            wire.join();
            awaitStatus(Status.READY);
        }
    }

    @Test
    void noticesASilentDatabaseWithinFiveSeconds() throws Exception {
        try (Wire wire = wire()) {
            started(through(wire));
            assertThat(next().status()).isEqualTo(Status.READY);
            Instant frozen = Instant.now();
            wire.freeze();
            SchemaState silent = awaitStatus(Status.UNREACHABLE);
            assertThat(Duration.between(frozen, silent.since())).isLessThan(Duration.ofSeconds(5));
            assertThat(silent.cure()).startsWith("See whether its server hangs");
            wire.thaw();
            awaitStatus(Status.READY);
        }
    }

    @Test
    void listenersHearChangesOnly() throws Exception {
        SchemaWatch here = watching(source());
        here.check();
        here.check();
        Sql.run(source(), "DROP INDEX idx_jobs_trace_id");
        here.check();
        assertThat(changes).hasSize(2);
        assertThat(here.state().since()).isEqualTo(changes.remove().since());
    }

    private SchemaWatch watching(DataSource from) {
        watch = new SchemaWatch(from, SchemaExpectation.packed(), CURES);
        watch.onChange(changes::add);
        return watch;
    }

    private void started(DataSource from) {
        watching(from).start();
    }

    private HealthCheck.Result health() {
        return new JobsTableCheck(watch::state).execute();
    }

    private SchemaState next() throws InterruptedException {
        SchemaState state = changes.poll(30, TimeUnit.SECONDS);
        assertThat(state).as("a change of state within 30 s").isNotNull();
        return state;
    }

    private SchemaState awaitStatus(Status status) throws InterruptedException {
        SchemaState state = next();
        while (state.status() != status) {
            state = next();
        }
        return state;
    }

    private Wire wire() throws Exception {
        URI server = URI.create(database.jdbcUrl().substring("jdbc:".length()));
        return new Wire(server.getHost(), server.getPort() < 0 ? 5432 : server.getPort());
    }

    private DataSource through(Wire wire) {
        PGSimpleDataSource source = database.newSessions();
        source.setServerNames(new String[] {Wire.HOST});
        source.setPortNumbers(new int[] {wire.port()});
        source.setConnectTimeout(2);
        return source;
    }

    private DataSource source() {
        return database.dataSource();
    }
}
