package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.schema.catalog.Severity;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ssl.LibPQFactory;

/**
 * Whatever state a schema is in: following the printed commands repairs it, and never leads back to an earlier state.
 * This test acts like a person who only copies lines.
 */
class CuresTest {
    /** Maximum number of commands, statements not counted; a circle never ends. */
    private static final int ENOUGH = 8;

    private static final Pattern COMMAND =
            Pattern.compile("java -jar app\\.jar ((?:db|schema) [a-z -]*?) \\S*commands\\.yml");

    private static final int LEVEL = Migrations.PACKED.level();

    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    @TempDir
    Path folder;

    private Commands commands;
    private final List<String> done = new ArrayList<>();

    /** A state that no migration leaves behind. */
    private enum State {
        PREDECESSOR(1, null),
        PREDECESSOR_WITHOUT_INDEXES(
                1,
                "DROP INDEX idx_jobs_status, idx_jobs_created_at, idx_jobs_tool_name, idx_jobs_trace_id, idx_jobs_expires_at"),
        PREDECESSOR_WITH_MORE(
                1,
                "ALTER TYPE jobstatus ADD VALUE 'paused'; ALTER TABLE jobs ADD COLUMN note text; CREATE VIEW late AS SELECT id FROM jobs; CREATE TABLE alembic_version (version_num varchar(32) NOT NULL); CREATE INDEX theirs ON jobs (created_at, id)"),
        PREDECESSOR_THAT_DIFFERS(
                1,
                "ALTER TABLE jobs ALTER COLUMN trace_id TYPE text; ALTER TABLE jobs ALTER COLUMN status SET DEFAULT 'running'; ALTER TABLE jobs ADD COLUMN must text NOT NULL DEFAULT ''; ALTER TABLE jobs ALTER COLUMN must DROP DEFAULT"),
        PREDECESSOR_WITH_SOME_OF_OUR_COLUMNS(
                1,
                "ALTER TABLE jobs ADD COLUMN priority int; ALTER TABLE jobs ADD COLUMN attempt int NOT NULL DEFAULT 0; CREATE INDEX idx_jobs_queue ON jobs (priority)"),
        PREDECESSOR_WITH_SOME_OF_OUR_TABLES(
                1,
                "CREATE TABLE job_logs (id bigserial PRIMARY KEY, line text); CREATE SEQUENCE job_queue_seq; CREATE FUNCTION tell_webhooks_of_job() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"),
        PREDECESSOR_FAST_FORWARDED(1, null),
        EMPTY_FAST_FORWARDED(0, null),
        EMPTY_WITH_ONE_RECORD(0, null),
        WHOLE_WITHOUT_CHANGELOG(LEVEL, "DROP TABLE databasechangelog, databasechangeloglock"),
        WHOLE_WITHOUT_RECORDS(LEVEL, "DELETE FROM databasechangelog"),
        WHOLE_WITHOUT_SOME_RECORDS(
                LEVEL, "DELETE FROM databasechangelog WHERE id LIKE '0005%' OR id LIKE '0007%' OR id LIKE '0013%'"),
        HALF_WITHOUT_SOME_RECORDS(6, "DELETE FROM databasechangelog WHERE id LIKE '0003%'"),
        HALF_WITHOUT_THE_RECORD_OF_AN_INDEX(3, "DELETE FROM databasechangelog WHERE id = '0003-idx-jobs-schedule-id'"),
        WHOLE_BY_OLD_NUMBERS(LEVEL, OldNumbers.SQL),
        HALF_BY_OLD_NUMBERS(9, OldNumbers.SQL),
        JOBS_DROPPED(LEVEL, "DROP TABLE jobs CASCADE"),
        JOBS_RENAMED(LEVEL, "ALTER TABLE jobs RENAME TO old_jobs"),
        WEBHOOKS_DROPPED(LEVEL, "DROP TABLE webhooks, webhook_deliveries CASCADE"),
        THE_LAST_TABLE_DROPPED(LEVEL, "DROP TABLE tool_checkpoints"),
        A_COLUMN_RENAMED(LEVEL, "ALTER TABLE jobs RENAME COLUMN result TO outcome"),
        A_COLUMN_DROPPED(LEVEL, "ALTER TABLE jobs DROP COLUMN webhook CASCADE"),
        A_FUNCTION_DROPPED(LEVEL, "DROP FUNCTION tell_webhooks_of_job CASCADE"),
        A_FUNCTION_DROPPED_BEFORE_ITS_PATH(12, "DROP FUNCTION tell_webhooks_of_batch CASCADE"),
        A_CHECKSUM_CHANGED(3, "UPDATE databasechangelog SET md5sum = '9:00000000000000000000000000000000'"),
        A_CHECK_THAT_REFUSES(
                LEVEL,
                "ALTER TABLE jobs ADD CONSTRAINT c CHECK (tool_name <> 'x'); CREATE RULE r AS ON DELETE TO jobs DO INSTEAD NOTHING"),
        A_DOMAIN_THAT_REFUSES(LEVEL, "CREATE DOMAIN d AS text NOT NULL; ALTER TABLE nodes ADD COLUMN note d"),
        CHANGED_AND_PENDING(LEVEL - 1, "ALTER TABLE jobs RENAME COLUMN parameters TO params"),
        INDEX_INVALID(LEVEL, "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'idx_jobs_status'::regclass");

        private final int level;
        private final String statements;

        State(int level, String statements) {
            this.level = level;
            this.statements = statements;
        }
    }

    /** Records as builds before 0.1.0 wrote them. */
    private static final class OldNumbers {
        static final String SQL = """
                UPDATE databasechangelog
                SET id = old_id, filename = 'db/changelog/' || old_file || '.sql'
                FROM (VALUES ('0008-files', '0009-files', '0009-files'),
                             ('0009-key-tables', '0010-key-tables', '0010-keys'),
                             ('0010-jobs-principal', '0011-jobs-principal', '0011-owners'),
                             ('0010-idx-jobs-principal', '0011-idx-jobs-principal', '0011-owners'),
                             ('0011-api-keys-tools', '0012-api-keys-tools', '0012-key-tools'),
                             ('0011-files-principal', '0012-files-principal', '0012-key-tools'),
                             ('0011-schedules-principal', '0012-schedules-principal', '0012-key-tools'),
                             ('0012-tool-checkpoints', '0013-tool-checkpoints', '0013-tool-checkpoints'),
                             ('0013-function-paths', '0014-function-paths', '0014-function-paths'))
                     AS old_names (new_id, old_id, old_file)
                WHERE id = new_id
                """;

        private OldNumbers() {}
    }

    @OwnSession
    @ParameterizedTest
    @ValueSource(strings = {"db migrate", "db rollback -c 1", "db test", "db fast-forward -a", "db migrate -n"})
    void recordsByOldNumbersAreLeftAloneUntilTheyAreRenumbered(String command) throws Exception {
        make(State.WHOLE_BY_OLD_NUMBERS);
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.add("FILE");
        Commands.Ran ran = commands.run(words.toArray(String[]::new));
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("builds before 0.1.0", "Nothing was changed", "schema adopt");
        assertThat(Sql.one(source(), "SELECT count(*) FROM databasechangelog WHERE id = '0014-function-paths'"))
                .isEqualTo("1");
    }

    @BeforeEach
    void configure() {
        commands = new Commands(folder).connectedTo(database);
    }

    @OwnSession
    @ParameterizedTest
    @EnumSource
    void followingTheOutputOfVerifyRepairsTheSchema(State state) throws Exception {
        make(state);
        follow("schema verify");
        assertIsWell();
    }

    /** With nothing pending, migrating reports that, and verify is next. */
    @OwnSession
    @ParameterizedTest
    @EnumSource(
            names = {"PREDECESSOR.*", "EMPTY.*", "WHOLE.*", "HALF.*", "A_CHECKSUM.*", "A_FUNCTION_DROPPED_.*"},
            mode = EnumSource.Mode.MATCH_ANY)
    void doingWhatIsPrintedLeadsHomeFromMigrate(State state) throws Exception {
        make(state);
        follow("db migrate");
        assertIsWell();
    }

    /** Rollbacks follow the order of the records. */
    @OwnSession
    @Test
    void anAdoptedSchemaCanBeRolledBackAndMigratedAgain() throws Exception {
        make(State.WHOLE_WITHOUT_SOME_RECORDS);
        String rows = Sql.digest(source());
        follow("schema adopt");
        assertIsWell();
        Migrations migrations = new Migrations(source());
        migrations.down(Migrations.PACKED.changesets().size());
        migrations.up();
        assertIsWell();
        assertThat(Sql.digest(source())).isEqualTo(rows);
    }

    /** The catalog does not show whether a changeset that changes only rows was applied. */
    @OwnSession
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "DELETE FROM databasechangelog",
                "DROP TABLE databasechangelog, databasechangeloglock"
            })
    void aChangesetOfRowsThatDidNotRunIsNotRecorded(String records) throws Exception {
        List<String> ids =
                Migrations.PACKED.changesets().stream().map(Changeset::id).toList();
        new Migrations(source()).down(ids.size() - ids.indexOf("0021-expired-before"));
        Sql.addJobs(source(), 1);
        Sql.run(
                source(),
                "UPDATE jobs SET status = 'pending', completed_at = NULL, ttl_seconds = NULL, attempt = 0, expires_at = NOW() - INTERVAL '1 d'");
        assertThat(commands.run("schema", "verify", "FILE").out()).doesNotContain("schema adopt");
        Sql.run(source(), records);
        follow("db migrate");
        assertIsWell();
        assertThat(Sql.one(source(), "SELECT start_within_seconds FROM jobs")).isEqualTo("0");
    }

    /** Another application has a table of that name: nobody is told to touch it, but to use a separate schema. */
    @OwnSession
    @Test
    void leavesAnotherApplicationsTablesAlone() throws Exception {
        reach(0);
        Sql.run(source(), "CREATE TABLE jobs (id int PRIMARY KEY, title text); INSERT INTO jobs VALUES (1, 'theirs')");
        assertThat(commands.run("db", "migrate", "FILE").err()).contains("already exists", "schema adopt");
        Commands.Ran adopt = commands.run("schema", "adopt", "FILE");
        assertThat(adopt.exitCode()).isEqualTo(1);
        assertThat(adopt.out())
                .contains("CREATE SCHEMA longhaul", "?currentSchema=longhaul")
                .doesNotContain("RENAME", "DROP", "ALTER");
        Sql.run(source(), "CREATE SCHEMA longhaul");
        String url = database.jdbcUrl();
        commands.connectedTo(
                url + (url.contains("?") ? "&" : "?") + "currentSchema=longhaul", database.user(), database.password());
        follow("db migrate");
        assertThat(Sql.one(source(), "SELECT title FROM public.jobs")).isEqualTo("theirs");
    }

    /** A role that may read and write all tables, and owns none. */
    private String anotherRole() {
        String role = "owner_" + Sql.one(source(), "SELECT replace(gen_random_uuid()::text, '-', '')");
        Sql.run(
                source(),
                "CREATE ROLE " + role + " LOGIN PASSWORD 'x'; GRANT ALL ON SCHEMA public TO " + role
                        + "; GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role);
        return role;
    }

    /** The predecessor's role made the table, and another one is to migrate it. */
    @OwnSession
    @Test
    void handsOverATableOfAnotherOwner() throws Exception {
        make(State.PREDECESSOR);
        String role = anotherRole();
        try {
            commands.connectedTo(database.jdbcUrl(), role, "x");
            follow("db migrate");
            assertThat(Sql.one(source(), "SELECT tableowner FROM pg_tables WHERE tablename = 'jobs'"))
                    .isEqualTo(role);
        } finally {
            Sql.run(
                    source(),
                    "REASSIGN OWNED BY " + role + " TO CURRENT_USER; DROP OWNED BY " + role + "; DROP ROLE " + role);
        }
    }

    /** The driver's file for the authority of the server's certificate is not the configuration file. */
    @Test
    void namesTheSettingOfACertificateThatIsMissing() {
        Properties verifying = new Properties();
        verifying.setProperty("sslmode", "verify-full");
        verifying.setProperty("sslrootcert", folder.resolve("root.crt").toString());
        assertThatThrownBy(() -> new LibPQFactory(verifying)).satisfies(e -> {
            Diagnosis why = Diagnosis.of(e, new Cures(""));
            assertThat(why.cause()).contains("root.crt").doesNotContain("Configuration");
            assertThat(why.cure()).contains("sslrootcert=");
        });
    }

    /** Everything was made, for example by a superuser, and another role is to roll it back. */
    @OwnSession
    @Test
    void handsOverTablesOfAnotherOwnerForARollback() {
        String role = anotherRole();
        try {
            commands.connectedTo(database.jdbcUrl(), role, "x");
            Commands.Ran refused = commands.run("db", "rollback", "-c", "2", "FILE");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("must be owner of", "belong to another role");
            assertThat(refused.out()).contains("ALTER TABLE jobs OWNER TO " + role);

            Commands.Ran adopt = commands.run("schema", "adopt", "FILE");
            assertThat(adopt.exitCode()).as(adopt.err()).isZero();
            assertThat(adopt.err()).contains("belong to another role", "Nothing to adopt");
            adopt.out()
                    .lines()
                    .filter(line -> line.strip().startsWith("ALTER"))
                    .forEach(line -> Sql.run(source(), line));

            Commands.Ran rolledBack = commands.run("db", "rollback", "-c", "2", "FILE");
            assertThat(rolledBack.exitCode()).as(rolledBack.err()).isZero();
            assertThat(commands.run("schema", "adopt", "FILE").err()).doesNotContain("another role");
        } finally {
            Sql.run(
                    source(),
                    "REASSIGN OWNED BY " + role + " TO CURRENT_USER; DROP OWNED BY " + role + "; DROP ROLE " + role);
        }
    }

    private void make(State state) throws Exception {
        reach(state.level);
        if (state.level > 0) {
            Sql.addJobs(source(), 5);
        }
        switch (state) {
            case PREDECESSOR_FAST_FORWARDED, EMPTY_FAST_FORWARDED ->
                new Migrations(source()).run(Migrations.PACKED, liquibase -> liquibase.changeLogSync(""));
            case EMPTY_WITH_ONE_RECORD ->
                new Migrations(source())
                        .run(
                                Migrations.PACKED,
                                liquibase -> liquibase.markNextChangeSetRan(
                                        new liquibase.Contexts(), new liquibase.LabelExpression()));
            case PREDECESSOR -> {}
            default -> Sql.run(source(), state.statements);
        }
    }

    /** Takes the shortest way: starting Liquibase for each changeset takes seconds. */
    private void reach(int level) throws Exception {
        if (level < 2) {
            Sql.run(source(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        }
        if (level == 1) {
            String text = Files.readString(Path.of("src/main/resources/db/changelog/0001-seed.sql"));
            Sql.run(source(), text.substring(text.indexOf("DO $$"), text.indexOf("--rollback")));
        } else if (level > 1 && level < LEVEL) {
            new Migrations(source()).down((int) Migrations.PACKED.changesets().stream()
                    .filter(changeset -> changeset.level() > level)
                    .count());
        }
    }

    /** Runs a command and then the printed ones, until the schema is repaired. */
    private void follow(String words) {
        String next = words;
        for (int i = 0; i < ENOUGH; i++) {
            done.add(next);
            Commands.Ran ran = commands.run(Stream.concat(Arrays.stream(next.split(" ")), Stream.of("FILE"))
                    .toArray(String[]::new));
            String said = ran.out() + ran.err();
            if (next.equals("schema verify") && ran.exitCode() == 0) {
                return;
            }
            String last = said.lines().reduce("", (earlier, line) -> line.isBlank() ? earlier : line);
            if (last.contains("tatements above") || !COMMAND.matcher(last).find()) {
                runStatements(ran.out());
            }
            next = command(last, ran.exitCode());
        }
        throw new AssertionError("a circle: " + String.join("\n", done));
    }

    /** The first command of the last line; without one, verify. */
    private static String command(String line, int exitCode) {
        Matcher command = COMMAND.matcher(line);
        return command.find() && (exitCode != 0 || line.contains("Next: ")) ? command.group(1) : "schema verify";
    }

    /** Runs the indented lines; those of one difference belong together. */
    private void runStatements(String out) {
        Stream.of(out.split("(?m)^(?! {6}).*\\R?"))
                .filter(block -> !block.isBlank() && !block.strip().startsWith("--"))
                .flatMap(block -> block.contains("$") ? Stream.of(block) : block.lines())
                .map(String::strip)
                .forEach(line -> {
                    done.add("    " + line);
                    // A concurrent build cannot run in a transaction.
                    Stream<String> each =
                            line.contains("CONCURRENTLY") ? Arrays.stream(line.split(";")) : Stream.of(line);
                    each.forEach(statement -> Sql.run(source(), statement));
                });
    }

    private void assertIsWell() throws Exception {
        SchemaExpectation packed = SchemaExpectation.packed();
        assertThat(packed.compare(Sql.snapshot(source())).of(Severity.FATAL)).isEmpty();
        assertThat(packed.compare(Sql.snapshot(source())).pending()).isEmpty();
        assertThat(new Migrations(source()).up()).as(String.join("\n", done)).isZero();
    }

    private DataSource source() {
        return database.dataSource();
    }
}
