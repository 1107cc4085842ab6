package io.longhaul.schema.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.schema.Changelog;
import io.longhaul.schema.Changeset;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Migrations;
import io.longhaul.schema.MigratorProcess;
import io.longhaul.schema.OneConnection;
import io.longhaul.schema.Sql;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.Await;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Migrators that meet each other, locks and the remains of dead ones. */
@Timeout(120)
@OwnSession
class MigratorTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void ofThreeConcurrentMigratorsOneDoesTheWork() throws Exception {
        List<Future<Integer>> migrators = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            migrators.add(CompletableFuture.supplyAsync(this::up));
        }
        int applied = 0;
        for (Future<Integer> migrator : migrators) {
            applied += migrator.get();
        }
        assertThat(applied).isEqualTo(Migrations.PACKED.changesets().size());
        assertThat(differences()).isEmpty();
    }

    @Test
    void waitsForAnotherMigratorAndNamesIt() throws Exception {
        Migrations waiting = new Migrations(source());
        try (MigrationSession first = open()) {
            CompletableFuture<Integer> second = up(waiting, Migrations.PACKED);
            assertThat(waiting.awaitReport("waiting"))
                    .contains("another migration: pid ", "application longhaul-migrate");
            assertThat(first.connection().getAutoCommit()).isTrue();
            assertThat(second).isNotDone();
        }
        waiting.awaitReport("applied");
    }

    @Test
    void namesTheHolderAfterWaitingTooLong() throws Exception {
        MigrationSession first = open();
        try (first) {
            assertThatThrownBy(() -> MigrationSession.open(source(), source(), Duration.ofMillis(300), line -> {}))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageMatching("Another migration is running: pid \\d+ .*db locks --force-release.");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "CREATE FUNCTION pg_catalog.pg_try_advisory_lock(int, int) RETURNS bool LANGUAGE sql AS 'SELECT TRUE'"
            })
    void refusesAnEngineWhoseAdvisoryLocksHoldNobodyOff(String instead) throws Exception {
        Sql.run(source(), "ALTER FUNCTION pg_catalog.pg_try_advisory_lock(int, int) RENAME TO taken_away; " + instead);
        assertThatThrownBy(this::up)
                .hasMessageContaining("cannot be migrated, because it lacks advisory locks")
                .hasMessageContaining("Nothing was changed.");
        assertThat(Sql.one(source(), "SELECT to_regclass('jobs')")).isNull();
    }

    @Test
    void aWaitingMigratorBlocksNoIndexBuild() throws Exception {
        up();
        Migrations waiting = new Migrations(source());
        CompletableFuture<Integer> second;
        try (MigrationSession first = open()) {
            second = up(waiting, Migrations.changelog("column"));
            waiting.awaitReport("waiting");
            first.run(
                    Migrations.changelog("index").root(), liquibase -> liquibase.update(""), new ChangeReport(l -> {}));
        }
        assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void aKilledMigratorBlocksNothing() throws Exception {
        up();
        try (Connection gate = source().getConnection();
                Statement statement = gate.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(4711)");
            Process killed = MigratorProcess.start(database, "gate", "up");
            awaitRow(
                    killed::isAlive,
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'longhaul-migrate' AND query LIKE '%4711%' AND datname = current_database()");
            killed.destroyForcibly().waitFor();
            assertThat(Sql.one(source(), "SELECT locked FROM databasechangeloglock"))
                    .isEqualTo("t");
            statement.execute("SELECT pg_advisory_unlock(4711)");
        }
        Migrations next = new Migrations(source());
        assertThat(next.up(Migrations.changelog("gate"))).isEqualTo(2);
        next.awaitReport("released the changelog lock");
        assertThat(Sql.one(source(), "SELECT locked FROM databasechangeloglock"))
                .isEqualTo("f");
        assertThat(Sql.one(source(), "SELECT count(*) FROM steps")).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({"up, INSERT", "down, DELETE"})
    void aMigratorKilledWhileWritingTheChangelogLeavesNothing(String direction, String statement) throws Exception {
        boolean up = direction.equals("up");
        // The rollback of an index is no transaction; the last changeset of level 16 makes a column.
        int upTo16 = (int) Migrations.PACKED.changesets().stream()
                .filter(changeset -> changeset.level() <= 16)
                .count();
        new Migrations(source()).run(Migrations.PACKED, liquibase -> liquibase.update(up ? 1 : upTo16, ""));
        CatalogSnapshot before = Sql.snapshot(source());
        Sql.run(source(), """
                CREATE SCHEMA gate;
                CREATE FUNCTION gate.pass() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN coalesce(NEW, OLD); END $$;
                CREATE TRIGGER gate BEFORE %s ON databasechangelog FOR EACH ROW EXECUTE FUNCTION gate.pass();
                """.formatted(statement));
        try (Connection gate = source().getConnection();
                Statement closed = gate.createStatement()) {
            closed.execute("SELECT pg_advisory_lock(4711)");
            Process killed = MigratorProcess.start(database, "packed", direction);
            awaitRow(
                    killed::isAlive,
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'longhaul-migrate' AND query LIKE '"
                            + statement + "%' AND wait_event_type = 'Lock' AND datname = current_database()");
            killed.destroyForcibly().waitFor();
            closed.execute("SELECT pg_advisory_unlock(4711)");
        }
        try (MigrationSession next = open()) {
            CatalogSnapshot after = CatalogSnapshot.read(next.connection());
            assertThat(after.applied()).isEqualTo(before.applied());
            assertThat(after.facts()).isEqualTo(before.facts());
        }
        Sql.run(source(), "DROP SCHEMA gate CASCADE");
        if (up) {
            up();
        } else {
            new Migrations(source()).down(1);
            up();
        }
        assertThat(differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waitsForALockedChangelogWithoutBlockingOthers(boolean alreadyOpen) throws Exception {
        new Migrations(source()).run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        Migrations migrations = new Migrations(source());
        CompletableFuture<Void> migration;
        MigrationSession open = alreadyOpen ? migrations.open() : null;
        try (Connection locker = source().getConnection();
                Statement statement = locker.createStatement()) {
            locker.setAutoCommit(false);
            statement.execute("SET application_name = 'a backup'");
            statement.execute("LOCK TABLE databasechangelog IN SHARE MODE");
            migration = CompletableFuture.runAsync(() -> migrate(migrations, open));
            migrations.awaitReport("blocked by pid .*a backup");
            // While the migrator waits, it must not hold the tables of the changeset.
            Sql.run(source(), "SET lock_timeout = '500ms'; LOCK TABLE jobs IN ROW EXCLUSIVE MODE");
            assertThat(migrations.awaitReport("attempt 2")).contains("lock held by pid ", "a backup");
            locker.rollback();
        }
        migration.get(60, TimeUnit.SECONDS);
        assertThat(differences()).isEmpty();
    }

    private static void migrate(Migrations migrations, MigrationSession open) {
        try (MigrationSession session = open == null ? migrations.open() : open) {
            session.run(Migrations.PACKED.root(), liquibase -> liquibase.update(""), new ChangeReport(line -> {}));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aRepeatedRollbackUndoesNoMoreThanRequested() throws Exception {
        up();
        Migrations migrations = new Migrations(source());
        List<String> all =
                Migrations.PACKED.changesets().stream().map(Changeset::id).toList();
        int kept = all.indexOf("0012-tool-checkpoints");
        CompletableFuture<Void> rollback;
        try (Connection reader = source().getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM tool_checkpoints");
            rollback = CompletableFuture.runAsync(() -> migrations.downInSteps(all.size() - kept));
            migrations.awaitReport("rolled back 0013-function-paths");
            migrations.awaitReport("attempt 2");
            reader.rollback();
        }
        rollback.get(30, TimeUnit.SECONDS);
        assertThat(Sql.snapshot(source()).applied()).hasSize(kept);
    }

    @Test
    void reportsThatItsSessionWasEndedAndBlocksNothing() throws Exception {
        up();
        Migrations ended = new Migrations(source());
        try (Connection gate = source().getConnection();
                Statement statement = gate.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(4711)");
            CompletableFuture<Integer> first = up(ended, Migrations.changelog("gate"));
            awaitRow(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'longhaul-migrate' AND query LIKE '%4711%' AND datname = current_database()");
            assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS)).hasMessageContaining("terminating connection");
        }
        assertThat(ended.up(Migrations.changelog("gate"))).isEqualTo(2);
    }

    @Test
    void retriesALockAndNamesItsHolder() throws Exception {
        up();
        Migrations migrations = new Migrations(source());
        CompletableFuture<Integer> migration;
        try (Connection reader = source().getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SET application_name = 'a slow report'");
            statement.execute("SELECT count(*) FROM jobs");
            migration = up(migrations, Migrations.changelog("column"));
            assertThat(migrations.awaitReport("attempt 2"))
                    .contains("lock held by pid ", "a slow report", "SELECT count(*) FROM jobs");
            // A queued lock blocks every later reader and writer: between attempts they must get through.
            Sql.addJobs(source(), 1);
            reader.rollback();
        }
        assertThat(migration.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void rebuildsAnInvalidIndexOfAKilledBuild() throws Exception {
        up();
        Sql.addJobs(source(), 10);
        assertThatThrownBy(() -> Sql.run(source(), "CREATE UNIQUE INDEX CONCURRENTLY idx_jobs_note ON jobs (trace_id)"))
                .isInstanceOf(AssertionError.class);
        assertThat(validity()).isEqualTo("f");
        new Migrations(source()).up(Migrations.changelog("index"));
        assertThat(validity()).isEqualTo("t");
    }

    @Test
    void givesUpABlockedIndexBuildAndCompletesItLater() throws Exception {
        up();
        Changelog index = Migrations.changelog("index");
        try (Connection reader = source().getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SET application_name = 'a slow report'");
            statement.execute("SELECT count(*) FROM jobs");
            Migrator hasty = new Migrator(index, source(), line -> {}, Duration.ofSeconds(1));
            assertThatThrownBy(hasty::migrate)
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("a slow report");
        }
        assertThat(new Migrations(source()).up(index)).isEqualTo(1);
        assertThat(validity()).isEqualTo("t");
    }

    @Test
    void givingUpABlockedMigrationEndsNoOtherSession() throws Exception {
        up();
        List<Future<?>> bystanders = new ArrayList<>();
        try (Connection gate = source().getConnection();
                Statement closed = gate.createStatement()) {
            closed.execute("SELECT pg_advisory_lock(4711)");
            for (int i = 0; i < 5; i++) {
                bystanders.add(CompletableFuture.runAsync(
                        () -> Sql.run(source(), "SELECT pg_advisory_lock_shared(4711)"),
                        Executors.newCachedThreadPool()));
            }
            awaitRow(
                    "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database() HAVING count(*) = 5");
            gate.setAutoCommit(false);
            closed.execute("SELECT count(*) FROM jobs");
            Migrator hasty = new Migrator(Migrations.changelog("index"), source(), line -> {}, Duration.ofSeconds(1));
            assertThatThrownBy(hasty::migrate).isInstanceOf(CommandFailure.class);
            assertThat(bystanders).noneMatch(Future::isDone);
        }
        for (Future<?> bystander : bystanders) {
            bystander.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aSecondMigrateTakesNoLock() throws Exception {
        up();
        try (MigrationSession first = open()) {
            assertThat(first.connection().isClosed()).isFalse();
            assertThat(up()).isZero();
        }
    }

    @Test
    void aMissingRecordOrAChangedFileStartsLiquibase() throws Exception {
        up();
        Sql.run(source(), "COMMENT ON TABLE databasechangelog IS 'of another release'");
        Migrations again = new Migrations(source());
        assertThat(again.up()).isZero();
        assertThat(Sql.one(source(), "SELECT obj_description('databasechangelog'::regclass)"))
                .contains(Migrations.PACKED.fingerprint());
        again.down(1);
        assertThat(again.up()).isEqualTo(1);
        assertThat(differences()).isEmpty();
    }

    @Test
    void restoresTheConnectionsSettings() throws Exception {
        try (Connection connection = source().getConnection()) {
            DataSource same = new OneConnection(connection, source());
            new Migrator(Migrations.PACKED, same, line -> {}, Duration.ofSeconds(30)).migrate();
            assertThat(Sql.one(same, "SHOW lock_timeout")).isEqualTo("0");
            assertThat(Sql.one(same, "SHOW application_name")).doesNotContain("migrate");
            assertThat(Sql.one(
                            same,
                            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"))
                    .isEqualTo("0");
        }
    }

    private int up() {
        try {
            return new Migrations(source()).up();
        } catch (CommandFailure e) {
            throw new AssertionError(e);
        }
    }

    private static CompletableFuture<Integer> up(Migrations migrations, Changelog changelog) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return migrations.up(changelog);
            } catch (CommandFailure e) {
                throw new AssertionError(e.getMessage(), e);
            }
        });
    }

    private MigrationSession open() throws Exception {
        return MigrationSession.open(source(), source(), Duration.ofSeconds(30), line -> {});
    }

    private List<Difference> differences() {
        return SchemaExpectation.packed().compare(Sql.snapshot(source())).differences();
    }

    private String validity() {
        return Sql.one(source(), "SELECT indisvalid FROM pg_index WHERE indexrelid = 'idx_jobs_note'::regclass");
    }

    private void awaitRow(String query) {
        awaitRow(() -> true, query);
    }

    /** Repeats the query until there is a row, or the process that should make it has ended. */
    private void awaitRow(BooleanSupplier mayCome, String query) {
        boolean[] came = new boolean[1];
        Await.until("there is a row for " + query, Await.LONG, () -> {
            came[0] = Sql.one(database.dataSource(), query) != null;
            return came[0] || !mayCome.getAsBoolean();
        });
        assertThat(came[0]).as("no migrator is left for %s", query).isTrue();
    }

    private DataSource source() {
        return database.newSessions();
    }
}
