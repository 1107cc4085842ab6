package io.longhaul.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.MigrationLogin;
import io.longhaul.schema.Cures;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.HostileRole;
import io.longhaul.testing.KeyStores;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {
    @RegisterExtension
    final TestDatabase server = TestDatabase.migrated();

    private Database database;
    private String name;

    @BeforeEach
    void nameIt() {
        database = new Database(server.dataSource());
        name = database.column("SELECT current_database()").get(0);
    }

    private DatabaseConfiguration configuration(String url) {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.setUrl(url);
        configuration.setUser(server.user());
        configuration.setPassword(server.password());
        return configuration;
    }

    private Report look() {
        return look(configuration(server.jdbcUrl()));
    }

    private static Report look(DatabaseConfiguration configuration) {
        return Doctor.look(new Setup(
                configuration, Optional.empty(), Path.of("target"), 1, Duration.ofMinutes(5), List.of(), "my.yml"));
    }

    private static List<Result> of(Report report, String check) {
        return report.results().stream()
                .filter(one -> one.check().equals(check))
                .toList();
    }

    private static Result only(Report report, String check) {
        assertThat(of(report, check)).as(report.text()).hasSize(1);
        return of(report, check).get(0);
    }

    private void node(String nodeName, String version, String lease) {
        database.run("INSERT INTO nodes (name, version, lease_until, tools, slots) VALUES ('" + nodeName + "', '"
                + version + "', NOW() + INTERVAL '" + lease + "', '{echo}', 16)");
    }

    /** The statement of a cure, without the words around it. */
    private void cure(Result result) {
        database.run(result.cure().replaceFirst(", (or|after) .*", ""));
    }

    @OwnSession
    @Test
    void aSoundSetUpHasNothingToImproveButTheTestServersOwnHaste() {
        node("a", "1.0", "1 minute");
        Report report = look();
        assertThat(report.results().stream().filter(one -> one.verdict() != Verdict.OK))
                .as(report.text())
                .allSatisfy(one -> assertThat(one.check()).isIn("settings", "role", "connections", "work folder"));
        assertThat(only(report, "schema").message()).containsPattern("level (\\d+) of \\1; no difference");
        assertThat(only(report, "nodes").message()).contains("a (1.0, 0 jobs)");
        assertThat(only(report, "pooler").message()).isEqualTo("None was seen.");
        assertThat(of(report, "engine").get(0).message()).endsWith("Nodes hold each other off by advisory locks.");
        assertThat(report.results())
                .extracting(Result::check)
                .contains(
                        "java",
                        "heap",
                        "engine",
                        "wal_level",
                        "checkpoints",
                        "clock",
                        "oldest-transaction",
                        "dead rows",
                        "autovacuum",
                        "transaction ids",
                        "queues",
                        "webhooks");
    }

    @Test
    void aServerThatLosesJobsInACrashFails() {
        String fsync = database.column("SHOW fsync").get(0);
        List<Result> settings = of(look(), "settings");
        if (fsync.equals("off")) {
            assertThat(settings).first().satisfies(one -> {
                assertThat(one.verdict()).isEqualTo(Verdict.FAIL);
                assertThat(one.message()).startsWith("fsync is off");
                assertThat(one.cure()).contains("ALTER SYSTEM SET fsync = 'on'");
            });
            assertThat(look().exitCode(false)).isEqualTo(1);
        } else {
            assertThat(settings).noneMatch(one -> one.verdict() == Verdict.FAIL);
        }
    }

    @Test
    void limitsOfConnectionsAreSeenUntilTheirCuresAreDone() {
        database.run("ALTER DATABASE \"" + name + "\" CONNECTION LIMIT 20");
        node("a", "1.0", "1 minute");
        node("b", "1.0", "1 minute");
        Result limit = of(look(), "connections").stream()
                .filter(one -> one.message().contains("DATABASE"))
                .findFirst()
                .orElseThrow();
        assertThat(limit.message())
                .startsWith("2 nodes may open 62 connections, and the limit of DATABASE ")
                .endsWith("is 20.");
        cure(limit);
        assertThat(of(look(), "connections")).noneMatch(one -> one.message().contains("DATABASE"));
    }

    @Test
    void checkpointsAreEarlyOnlyIfTheLogOfChangesWasFull() {
        assertThat(ServerChecks.checkpoints(100, 5, 9_000, 1_024, true).verdict())
                .isEqualTo(Verdict.OK);
        assertThat(ServerChecks.checkpoints(1, 79, 900, 1_024, true).verdict()).isEqualTo(Verdict.OK);
        Result full = ServerChecks.checkpoints(1, 20, 20_000, 1_024, true);
        assertThat(full.message()).startsWith("Of 21 checkpoints 20 came early; 20000 MB of changes were logged");
        assertThat(full.cure()).contains("max_wal_size = '2048MB'", "pg_stat_reset_shared('checkpointer')");
        assertThat(ServerChecks.checkpoints(1, 20, 20_000, 1_024, false).cure()).contains("'bgwriter'");
    }

    @Test
    void moreNodesThanTheServerHasConnectionsForAreCounted() {
        for (int i = 0; i < 40; i++) {
            node("node-" + i, "1.0", "1 minute");
        }
        Result result = only(look(), "connections");
        assertThat(result.verdict()).isEqualTo(Verdict.WARN);
        assertThat(result.message()).startsWith("40 nodes may open 1240 connections, and the server has ");
        assertThat(result.cure()).contains("SET max_connections = '1560'");
    }

    @Test
    void autovacuumThatIsOffForATableIsSeenUntilItsCureIsDone() {
        database.run("ALTER TABLE job_leases SET (autovacuum_enabled = false)");
        Result result = only(look(), "autovacuum");
        assertThat(result.message()).contains("off for job_leases");
        cure(result);
        assertThat(only(look(), "autovacuum").verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void deadRowsAreSeenUntilTheirCureIsDone() {
        database.run(
                "INSERT INTO nodes (name, version, lease_until) SELECT 'n', '1', NOW() FROM generate_series(1, 10100)");
        database.run("ALTER TABLE nodes SET (autovacuum_enabled = false)");
        database.run("DELETE FROM nodes");
        awaitDeadRows(Verdict.WARN);
        Result result = only(look(), "dead rows");
        assertThat(result.message()).startsWith("nodes has 10100 dead rows and 0 live ones");
        cure(result);
        awaitDeadRows(Verdict.OK);
    }

    /** PostgreSQL counts a moment later. */
    private void awaitDeadRows(Verdict verdict) {
        Await.until(
                "dead rows are " + verdict,
                Await.LONG,
                () -> only(look(), "dead rows").verdict() == verdict);
    }

    @Test
    void differentReleasesAndLostNodesWithJobsAreNamed() {
        node("old", "0.9", "1 minute");
        node("new", "1.0", "1 minute");
        node("gone", "1.0", "-1 minute");
        database.run("INSERT INTO job_leases (job_id, attempt, node_id, leased_at, max_losses)"
                + " SELECT gen_random_uuid(), 1, id, NOW(), 1 FROM nodes WHERE name = 'gone'");
        Report report = look();
        assertThat(only(report, "releases").message()).contains("2 releases").contains("old (0.9, 0 jobs)");
        assertThat(only(report, "leases").message()).startsWith("gone was lost and holds 1 job;");
        assertThat(only(report, "nodes").message()).startsWith("2 live");
    }

    @Test
    void curesNameTheFileThatWasChecked() {
        Report report = look();
        assertThat(only(report, "nodes").cure()).isEqualTo("Start one: java -jar app.jar server my.yml");
        assertThat(only(report, "role").cure()).contains("`java -jar app.jar db roles my.yml`");
    }

    /** Its version is that of another program. */
    @Test
    void aRemoteWorkerIsNoNodeOfAnotherRelease() {
        node("oslo", "1.0", "1 minute");
        node("far", "unknown", "1 minute");
        database.run("INSERT INTO remote_workers (node_id, token_hash) SELECT id, '' FROM nodes WHERE name = 'far'");
        assertThat(of(look(), "releases")).isEmpty();
        assertThat(only(look(), "nodes").message()).isEqualTo("1 live: oslo (1.0, 0 jobs).");
    }

    @Test
    void jobsThatWaitLongAreCountedWithWhatIsMissing() {
        node("a", "1.0", "1 minute");
        for (String tool : List.of("echo", "rare")) {
            database.run("INSERT INTO jobs (tool_name, parameters, trace_id, created_at, expires_at)"
                    + " VALUES ('" + tool + "', '{}', 't', NOW() - INTERVAL '2 minutes',"
                    + " NOW() + INTERVAL '1 hour')");
        }
        assertThat(of(look(), "queues"))
                .anySatisfy(one -> assertThat(one.message() + one.cure())
                        .contains("1 job of rare waits", "for 12", "No node has this tool", "Start a node that has it"))
                .anySatisfy(one -> assertThat(one.message() + one.cure())
                        .contains("1 job of echo waits", "Add nodes")
                        .doesNotContain("No node"));
    }

    @Test
    void anOldTransactionIsNamedUntilItsCureIsDone() throws Exception {
        try (Connection open = server.dataSource().getConnection();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("SELECT txid_current()");
            Setup strict = new Setup(
                    configuration(server.jdbcUrl()),
                    Optional.empty(),
                    Path.of("target"),
                    1,
                    Duration.ZERO,
                    List.of(),
                    "");
            Result result = only(Doctor.look(strict), "oldest-transaction");
            assertThat(result.verdict()).isEqualTo(Verdict.WARN);
            cure(result);
            assertThat(open.isValid(2)).isFalse();
        }
    }

    @OwnSession
    @Test
    void inAReadOnlyDatabaseNobodyIsToldToStartANode() throws Exception {
        try (Connection connection = server.newSessions().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET default_transaction_read_only = on");
            Jdbi jdbi =
                    Jdbi.create(connection).installPlugin(new SqlObjectPlugin()).installPlugin(new PostgresPlugin());
            assertThat(new WorkChecks(jdbi, new Cures("")).nodes().get(0).cure())
                    .startsWith("Make the database writable");
        }
        assertThat(only(look(), "nodes").cure()).startsWith("Start one");
    }

    @OwnSession
    @Test
    void anEngineThatCannotBeTriedIsNotSaidToBeRight() {
        String url = server.jdbcUrl();
        Result engine = only(
                look(configuration(
                        url + (url.contains("?") ? "&" : "?") + "options=-c%20default_transaction_read_only=on")),
                "engine");
        assertThat(engine.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(engine.message()).contains("read-only", "lacks writable");
        assertThat(engine.cure()).startsWith("Make the database writable");
    }

    @OwnSession
    @Test
    void aLoginForMigrationsThatDoesNotOwnTheTablesIsWarnedOf() {
        String role = "no_owner_" + ProcessHandle.current().pid();
        database.run("CREATE ROLE " + role + " LOGIN PASSWORD '" + HostileRole.PASSWORD + "'");
        try {
            DatabaseConfiguration configuration = configuration(server.jdbcUrl());
            configuration.setMigration(new MigrationLogin("", role, HostileRole.PASSWORD));
            Result stranger = only(look(configuration), "owner");
            assertThat(stranger.verdict()).isEqualTo(Verdict.WARN);
            assertThat(stranger.message()).contains(role);
            assertThat(stranger.cure()).contains("schema adopt my.yml");
            database.run("GRANT " + server.user() + " TO " + role);
            assertThat(only(look(configuration), "owner").verdict()).isEqualTo(Verdict.OK);
        } finally {
            database.run("DROP ROLE " + role);
        }
        assertThat(of(look(), "owner")).isEmpty();
    }

    @OwnSession
    @Test
    void aRoleWithFewRightsHearsWhichOnesItLacks() throws Exception {
        String role = "meek_doctor_" + ProcessHandle.current().pid();
        database.run("CREATE ROLE " + role + " LOGIN CONNECTION LIMIT 7 PASSWORD '" + HostileRole.PASSWORD + "'");
        try {
            DatabaseConfiguration configuration = configuration(server.jdbcUrl());
            configuration.setUser(role);
            configuration.setPassword(HostileRole.PASSWORD);
            Report report = look(configuration);
            assertThat(only(report, "schema").verdict()).isEqualTo(Verdict.FAIL);
            assertThat(only(report, "role").message()).isEqualTo(role + " is no superuser.");
            assertThat(only(report, "nodes").verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(of(report, "connections"))
                    .anySatisfy(one -> assertThat(one.verdict()).isIn(Verdict.UNKNOWN, Verdict.WARN));
        } finally {
            HostileRole.drop(database, role);
        }
    }

    @Test
    void withoutASchemaEverythingElseIsStillChecked() {
        database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        Report report = look();
        assertThat(only(report, "schema").verdict()).isEqualTo(Verdict.FAIL);
        assertThat(only(report, "schema").cure()).isEqualTo("java -jar app.jar db migrate my.yml");
        assertThat(only(report, "clock").verdict()).isEqualTo(Verdict.OK);
        assertThat(of(report, "connections")).isNotEmpty().noneMatch(one -> one.verdict() == Verdict.UNKNOWN);
        assertThat(only(report, "nodes").verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void withoutADatabaseThisMachineIsStillChecked() {
        Report report = look(configuration("jdbc:postgresql://127.0.0.1:1/none"));
        assertThat(only(report, "database").verdict()).isEqualTo(Verdict.FAIL);
        assertThat(only(report, "database").message()).contains("refused");
        assertThat(only(report, "java").verdict()).isEqualTo(Verdict.OK);
        assertThat(report.exitCode(false)).isEqualTo(1);
    }

    @Test
    void eachOfSeveralServersIsAsked() {
        String real = server.jdbcUrl().replaceFirst(".*//([^/]+)/.*", "$1");
        DatabaseConfiguration several = configuration(server.jdbcUrl().replace(real + "/", real + ",127.0.0.1:1/"));
        assertThat(of(look(several), "hosts")).extracting(Result::verdict).containsExactly(Verdict.OK, Verdict.WARN);
    }

    @Test
    void aClockThatIsWrongIsMeasured() throws Exception {
        try (Connection connection = server.dataSource().getConnection()) {
            Result wrong = Clock.look(connection, () -> Instant.now().minusSeconds(60));
            assertThat(wrong.verdict()).isEqualTo(Verdict.WARN);
            assertThat(wrong.message()).containsPattern("differs by (59|60)\\d\\d\\d ms");
            assertThat(Clock.look(connection, Instant::now).verdict()).isEqualTo(Verdict.OK);
        }
    }

    @Test
    void aMachineWithLittleMemoryAndRoomIsWarnedOf() {
        Setup setup = new Setup(
                configuration(server.jdbcUrl()),
                Optional.of(Path.of("target")),
                Path.of("not-there-yet"),
                1L << 30,
                Duration.ofMinutes(5),
                List.of(),
                "");
        assertThat(new MachineChecks(17, 100 << 20, folder -> 5 << 20).look(setup))
                .extracting(Result::verdict)
                .containsExactly(Verdict.OK, Verdict.WARN, Verdict.WARN, Verdict.WARN);
        assertThat(new MachineChecks(25, 1L << 30, folder -> 2L << 30).look(setup))
                .allSatisfy(one -> assertThat(one.verdict()).isEqualTo(Verdict.OK));
    }

    @Test
    void certificatesAreWarnedOfBeforeTheyEnd(@TempDir Path folder) throws Exception {
        Path store = KeyStores.in(folder);
        List<Setup.Keys> keys = List.of(new Setup.Keys(store, KeyStores.PASSWORD, "PKCS12"));
        Instant now = Instant.now();
        assertThat(CertificateChecks.look(keys, now))
                .extracting(Result::verdict)
                .containsExactly(Verdict.OK);
        assertThat(CertificateChecks.look(keys, now.plus(Duration.ofDays(20))))
                .extracting(Result::verdict)
                .containsExactly(Verdict.WARN);
        assertThat(CertificateChecks.look(keys, now.plus(Duration.ofDays(40))))
                .extracting(Result::verdict)
                .containsExactly(Verdict.FAIL);
        assertThat(CertificateChecks.look(List.of(new Setup.Keys(store, "wrong", "PKCS12")), now))
                .extracting(Result::verdict)
                .containsExactly(Verdict.FAIL);
        assertThat(keys.toString()).doesNotContain(KeyStores.PASSWORD);
    }

    @ParameterizedTest
    @CsvSource({"OK,false,0", "OK,true,0", "WARN,false,0", "WARN,true,1", "FAIL,false,1", "UNKNOWN,false,2"})
    void theExitCodeTellsWhatWasFound(Verdict verdict, boolean strict, int code) {
        Report report =
                new Report(List.of(new Result("x", Verdict.OK, "fine.", ""), new Result("y", verdict, "m", "c")));
        assertThat(report.exitCode(strict)).isEqualTo(code);
        assertThat(report.json()).containsKeys("ok", "warn", "fail", "unknown", "checks");
        assertThat(report.text()).contains("Cure: c");
    }
}
