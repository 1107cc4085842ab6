package io.longhaul.schema.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.util.JarLocation;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Migrations;
import io.longhaul.schema.Sql;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code db} and {@code schema} as an operator uses them: a command line in, output and an exit code out. */
@Timeout(120)
class DbCommandTest {
    private static final int LEVEL = Migrations.PACKED.level();

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @TempDir
    Path folder;

    private Path config;
    private boolean embedded;

    /** The result of a command. */
    private record Ran(int exitCode, String out, String err) {}

    /** A configuration with only a database. */
    static final class TestConfiguration extends Configuration {
        @JsonProperty
        DataSourceFactory database = new DataSourceFactory();
    }

    /** An application with only these commands. */
    private static final class TestApplication extends Application<TestConfiguration> {
        @Override
        public void run(TestConfiguration configuration, Environment environment) {}
    }

    @BeforeEach
    void writeConfiguration() throws IOException {
        config = configuration(database.jdbcUrl(), database.user(), database.password());
    }

    @OwnSession
    @Test
    void migrateReportsAppliedChangesetsAndThatNothingIsLeft() {
        Ran first = run("db", "migrate", "FILE");
        assertThat(first.exitCode).isZero();
        assertThat(first.out).isEmpty();
        assertThat(first.err.lines().toList()).first().asString().matches("applied 0001-seed in \\d+ ms");
        assertThat(first.err.lines().toList())
                .last()
                .asString()
                .contains("the schema is at level " + LEVEL + " of " + LEVEL);
        Ran again = run("db", "migrate", "FILE");
        assertThat(again.exitCode).isZero();
        assertThat(again.err)
                .isEqualTo("Nothing to apply; the schema is at level " + LEVEL + " of " + LEVEL + "."
                        + System.lineSeparator());
    }

    @Test
    void aDryRunPrintsSqlThatDoesTheSame() {
        Ran dry = run("db", "migrate", "--dry-run", "-c", "1", "FILE");
        assertThat(dry.exitCode).isZero();
        assertThat(Sql.one(source(), "SELECT to_regclass('jobs')")).isNull();
        assertThat(dry.out).contains("CREATE TABLE jobs").doesNotContain("UPDATE SUMMARY", "Running Changeset");
        Sql.run(source(), dry.out);
        assertThat(run("schema", "verify", "--level", "1", "FILE").exitCode).isZero();
        assertThat(run("db", "status", "FILE").out).contains("applied  0001-seed");
    }

    @OwnSession
    @Test
    void statusListsAppliedAndPendingWithoutCreatingAnything() {
        Ran pending = run("db", "status", "FILE");
        assertThat(pending.exitCode).isEqualTo(1);
        assertThat(pending.out).contains("Schema public is at level 0 of " + LEVEL, "pending  0001-seed");
        assertThat(pending.err).isEmpty();
        assertThat(Sql.one(source(), "SELECT to_regclass('databasechangelog')")).isNull();
        run("db", "migrate", "FILE");
        Ran upToDate = run("db", "status", "FILE");
        assertThat(upToDate.exitCode).isZero();
        assertThat(upToDate.out).contains("up to date", "applied  0001-seed");
    }

    @OwnSession
    @Test
    void rollbackKeepsRowsAndNamesThePlace() {
        run("db", "migrate", "FILE");
        Sql.addJobs(source(), 7);
        String rows = Sql.digest(source());
        Ran down =
                run("db", "rollback", "-c", "" + Migrations.PACKED.changesets().size(), "FILE");
        assertThat(down.exitCode).isZero();
        assertThat(down.err)
                .contains(
                        "rolled back 0001-seed",
                        "The rows of jobs are kept in public_archive.jobs; db migrate brings them back.");
        assertThat(run("db", "migrate", "FILE").exitCode).isZero();
        assertThat(Sql.digest(source())).isEqualTo(rows);
    }

    @OwnSession
    @Test
    void refusesToRollBackBelowChangesetsOfANewerRelease() throws Exception {
        run("db", "migrate", "FILE");
        new Migrations(source()).run(Migrations.changelog("newer"), liquibase -> liquibase.update(1, ""));
        assertThat(run("db", "status", "FILE").out)
                .contains("is at level 9001, beyond this release's " + LEVEL + ": up to date");
        for (String[] words :
                List.of(new String[] {"db", "rollback", "-c", "1", "FILE"}, new String[] {"db", "test", "FILE"})) {
            assertFails(run(words), "9001-additive", "roll back with its jar", "nothing was changed");
        }
        assertThat(run("schema", "verify", "--compatible", "FILE").exitCode).isZero();
        assertThat(run("schema", "verify", "FILE").exitCode).isZero();

        new Migrations(source()).run(Migrations.changelog("newer"), liquibase -> liquibase.update(1, ""));
        Ran verify = run("schema", "verify", "FILE");
        assertThat(verify.exitCode)
                .as("no release serves on it that this one would call well")
                .isEqualTo(1);
        assertThat(verify.out).contains("9002-breaking needs a release of level 9002");
    }

    @OwnSession
    @Test
    void rollbackDiscardsRowsOnlyWithTheDatabasesName() {
        run("db", "migrate", "FILE");
        Sql.addJobs(source(), 7);
        String all = "" + Migrations.PACKED.changesets().size();
        assertFails(run("db", "rollback", "-c", all, "--discard", "other", "FILE"), "nothing was changed", "other");
        assertThat(Sql.one(source(), "SELECT count(*) FROM jobs")).isEqualTo("7");

        String name = Sql.one(source(), "SELECT current_database()");
        Ran discarded = run("db", "rollback", "-c", all, "--discard", name, "FILE");
        assertThat(discarded.exitCode).as(discarded.err).isZero();
        assertThat(discarded.err).contains("Discarded 7 rows of public_archive.jobs.");
        assertThat(Sql.one(source(), "SELECT to_regnamespace('public_archive')"))
                .isNull();
        run("db", "migrate", "FILE");
        assertThat(Sql.one(source(), "SELECT count(*) FROM jobs")).isEqualTo("0");
    }

    @OwnSession
    @Test
    void discardKeepsEarlierArchives() {
        Sql.run(source(), "CREATE SCHEMA public_archive; CREATE TABLE public_archive.mine AS SELECT 1 AS kept");
        run("db", "migrate", "FILE");
        Sql.addJobs(source(), 2);
        String name = Sql.one(source(), "SELECT current_database()");
        run("db", "rollback", "-c", "99", "--discard", name, "FILE");
        assertThat(Sql.one(source(), "SELECT kept FROM public_archive.mine")).isEqualTo("1");
        assertThat(Sql.one(source(), "SELECT to_regclass('public_archive.jobs')"))
                .isNull();
    }

    @Test
    void rollbackRequiresATarget() {
        assertFails(run("db", "rollback", "FILE"), "db: give one target for the rollback: -c COUNT, -t TAG or -d DATE");
    }

    @OwnSession
    @Test
    void rollsBackToATagAndNamesAnUnknownOne() {
        run("db", "migrate", "FILE");
        assertThat(run("db", "tag", "FILE", "before").exitCode).isZero();
        assertThat(run("db", "rollback", "-t", "before", "FILE").err).contains("Rolled back 0 changesets.");
        assertFails(run("db", "rollback", "-t", "nowhere", "FILE"), "Could not find tag 'nowhere'", "db tag");
    }

    @OwnSession
    @Test
    void theOtherCommandsWork() {
        assertThat(run("db", "test", "FILE").err).contains("Migrated, rolled back and migrated again.");
        assertThat(run("db", "calculate-checksum", "FILE", "0001-seed").out).startsWith("9:");
        assertThat(run("db", "clear-checksums", "FILE").exitCode).isZero();
        assertThat(run("db", "locks", "--list", "FILE").out).contains("No migration is running.");
        assertThat(run("db", "locks", "--force-release", "FILE").exitCode).isZero();
        assertThat(run("db", "dump", "FILE").out).contains("tableName=\"jobs\"");
        assertThat(run("db", "generate-docs", "FILE", "target/generated-docs").exitCode)
                .isZero();
        assertThat(Path.of("target/generated-docs/index.html")).exists();
        run("db", "rollback", "-c", "99", "FILE");
        assertThat(run("db", "prepare-rollback", "FILE").out).contains("DROP TABLE jobs");
        assertFails(
                run("db", "fast-forward", "--all", "FILE"),
                "table api_keys: expected table",
                "Nothing was recorded",
                "schema adopt");
        assertFails(run("db", "fast-forward", "FILE"), "table jobs: expected table, found nothing");
        run("db", "migrate", "FILE");
        Sql.run(source(), "DELETE FROM databasechangelog");
        assertThat(run("db", "fast-forward", "FILE").exitCode).isZero();
        assertThat(run("db", "fast-forward", "--all", "FILE").exitCode).isZero();
        assertThat(run("db", "status", "FILE").exitCode).isZero();
    }

    @Test
    void thereIsNoDropAll() {
        assertThat(run("db", "drop-all", "--confirm-delete-everything", "FILE").exitCode)
                .isEqualTo(2);
    }

    /** A mistyped check must not look like one that found something wrong. */
    @Test
    void anUnknownCommandLineExitsWithTwo() {
        for (String[] words : List.of(
                new String[] {"schema"},
                new String[] {"schema", "verfy", "FILE"},
                new String[] {"schema", "verify", "--level", "two", "FILE"},
                new String[] {"db", "migrate", "--colour", "red", "FILE"})) {
            Ran ran = run(words);
            assertThat(ran.exitCode).as(List.of(words).toString()).isEqualTo(2);
            assertThat(ran.err).contains("usage: ");
        }
    }

    @Test
    void reportsAnUnreachableServerInOneLine() throws Exception {
        config = configuration("jdbc:postgresql://127.0.0.1:1/longhaul", "u", "p");
        assertFails(run("db", "migrate", "FILE"), "Connection to 127.0.0.1:1 refused", "DATABASE_URL");
        assertThat(run("db", "status", "FILE").exitCode).isEqualTo(2);
        assertThat(run("schema", "verify", "FILE").exitCode).isEqualTo(2);
    }

    @OwnSession
    @Test
    void namesAMissingDatabase() throws Exception {
        config = configuration(
                database.jdbcUrl().replaceFirst("/longhaul_test[^?]*", "/no_such_db"),
                database.user(),
                database.password());
        assertFails(run("db", "migrate", "FILE"), "database \"no_such_db\" does not exist", "CREATE DATABASE");
    }

    @Test
    void namesAMissingConfigurationFile() {
        config = folder.resolve("nothing.yml");
        assertFails(run("db", "migrate", "FILE"), "nothing.yml", "not found");
        assertThat(run("schema", "verify", "FILE").exitCode).isEqualTo(2);
    }

    @Test
    void reportsTheProblemOfAnInvalidConfiguration() throws Exception {
        Files.writeString(config, "database: {colour: red}\n");
        assertFails(run("db", "migrate", "FILE"), "database.colour");
    }

    @OwnSession
    @Test
    void namesAChangedChangeset() {
        run("db", "migrate", "FILE");
        Sql.run(source(), "UPDATE databasechangelog SET md5sum = '9:00000000000000000000000000000000'");
        assertFails(
                run("db", "migrate", "FILE"), "0001-seed", "was changed after it was applied", "db clear-checksums");
        assertThat(run("db", "clear-checksums", "FILE").exitCode).isZero();
        assertThat(run("db", "migrate", "FILE").exitCode).isZero();
    }

    @OwnSession
    @Test
    void reportsATableMadeByHand() {
        Sql.run(source(), "CREATE TABLE jobs (id int)");
        assertFails(run("db", "migrate", "FILE"), "already exists", "java -jar app.jar schema adopt");
    }

    @OwnSession
    @Test
    void namesMissingPrivilegesOfARole() throws Exception {
        String role = "nobody_" + Sql.one(source(), "SELECT replace(gen_random_uuid()::text, '-', '')");
        Sql.run(source(), "CREATE ROLE " + role + " LOGIN PASSWORD 'x'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        try {
            config = configuration(database.jdbcUrl(), role, "x");
            assertFails(run("db", "migrate", "FILE"), "permission denied", "GRANT");
        } finally {
            Sql.run(source(), "DROP ROLE " + role);
        }
    }

    // On a thread of its own, because a command that waits for ever could not be interrupted.
    @OwnSession
    @Test
    @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void namesTheHolderOfALockThatIsNotFreed() throws Exception {
        run("db", "migrate", "FILE");
        Sql.addJobs(source(), 1);
        try (Connection reader = source().getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SET application_name = 'a slow report'");
            statement.execute("SELECT count(*) FROM jobs");
            Ran down = run("db", "rollback", "-c", "99", "--wait", "1", "FILE");
            assertThat(down.exitCode).as(down.err).isEqualTo(1);
            assertThat(down.err.lines().toList()).last().asString().contains("a slow report", "pg_terminate_backend");
        }
        assertThat(Sql.one(source(), "SELECT count(*) FROM jobs")).isEqualTo("1");
    }

    @OwnSession
    @Test
    void destructiveCommandsRequireTheEmbeddedOption() {
        embedded = true;
        assertFails(run("db", "locks", "FILE"), "use either --list or --force-release");
        run("db", "migrate", "FILE");
        for (String word : List.of("rollback", "fast-forward", "clear-checksums", "test")) {
            assertFails(run("db", word, "FILE"), "embedded database", "--embedded");
        }
        assertFails(run("db", "locks", "-r", "FILE"), "--embedded");
        assertThat(run("db", "locks", "-l", "FILE").exitCode).isZero();
        assertThat(run("db", "rollback", "-c", "1", "--embedded", "FILE").exitCode)
                .isZero();
    }

    @Test
    void showsAStackTraceOnlyOnRequest() throws Exception {
        config = configuration("jdbc:postgresql://127.0.0.1:1/longhaul", "u", "secret-p");
        assertThat(run("db", "migrate", "-v", "FILE").err).contains("\tat ").doesNotContain("secret-p");
        assertThat(run("db", "migrate", "FILE").err).doesNotContain("\tat ");
    }

    @OwnSession
    @Test
    void verifyShowsDriftAndItsRepair() throws Exception {
        run("db", "migrate", "FILE");
        Ran same = run("schema", "verify", "FILE");
        assertThat(same.exitCode).isZero();
        assertThat(same.out).contains("no difference");

        Sql.run(source(), "DROP INDEX idx_jobs_status; ALTER TABLE jobs ADD COLUMN note text");
        Ran drift = run("schema", "verify", "FILE");
        assertThat(drift.exitCode).isEqualTo(1);
        assertThat(drift.err).isEmpty();
        assertThat(drift.out)
                .contains(
                        "2 differences",
                        "BENIGN",
                        "CREATE INDEX CONCURRENTLY idx_jobs_status ON jobs USING btree (status);");
        assertThat(run("schema", "verify", "--compatible", "FILE").exitCode).isZero();

        Ran json = run("schema", "verify", "--json", "FILE");
        assertThat(json.exitCode).isEqualTo(1);
        JsonNode root = new ObjectMapper().readTree(json.out);
        assertThat(root.path("equal").booleanValue()).isFalse();
        assertThat(root.path("differences").size()).isEqualTo(2);
        assertThat(root.path("differences").path(0).path("object").textValue()).isEqualTo("jobs.note");
    }

    @Test
    void verifyOfAnEmptyDatabaseListsPendingChangesets() {
        Ran empty = run("schema", "verify", "FILE");
        assertThat(empty.exitCode).isEqualTo(1);
        assertThat(empty.out).contains("Pending: 0001-seed", "java -jar app.jar db migrate " + config);
        assertThat(run("schema", "verify", "--level", "0", "FILE").exitCode).isZero();
        assertThat(run("schema", "verify", "--level", "99999", "FILE").exitCode).isEqualTo(2);
    }

    private static void assertFails(Ran ran, String... parts) {
        assertThat(ran.exitCode).isEqualTo(1);
        assertThat(ran.err.lines().toList()).as(ran.err).hasSize(1);
        assertThat(ran.err).contains(parts);
        assertThat(ran.out).isEmpty();
    }

    private Path configuration(String url, String user, String password) throws IOException {
        String text = "database:\n  driverClass: org.postgresql.Driver\n  url: '" + url + "'\n  user: '" + user + "'\n";
        Path file = folder.resolve("config.yml");
        return Files.writeString(file, password == null ? text : text + "  password: '" + password + "'\n");
    }

    /** Runs one command; FILE stands for the configuration. */
    private Ran run(String... words) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        try {
            Optional<Throwable> error = cli(outBytes, errBytes).run(withFile(words));
            int code = error.map(CommandFailure::exitCodeOf).orElse(0);
            assertThat(System.out.checkError()).as("standard output").isFalse();
            return new Ran(code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private Cli cli(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        Bootstrap<TestConfiguration> bootstrap = new Bootstrap<>(new TestApplication());
        NamedDatabase<TestConfiguration> migration = new NamedDatabase<>(c -> c.database, c -> "This may migrate.");
        bootstrap.addCommand(new DbCommand<>(TestConfiguration.class, migration, c -> embedded));
        bootstrap.addCommand(new SchemaCommand<>(
                TestConfiguration.class, new NamedDatabase<>(c -> c.database, c -> "This only reads."), migration));
        return new Cli(new JarLocation(getClass()), bootstrap, out, err);
    }

    private String[] withFile(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.replaceAll(word -> word.equals("FILE") ? config.toString() : word);
        return all.toArray(String[]::new);
    }

    private DataSource source() {
        return database.dataSource();
    }
}
