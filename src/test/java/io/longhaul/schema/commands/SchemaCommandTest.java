package io.longhaul.schema.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.schema.Commands;
import io.longhaul.schema.Migrations;
import io.longhaul.schema.Sql;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code schema} as an operator uses it. */
@Timeout(120)
class SchemaCommandTest {
    private static final int LEVEL = Migrations.PACKED.level();

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @TempDir
    Path folder;

    private Commands commands;

    @BeforeEach
    void configure() throws Exception {
        commands = new Commands(folder).connectedTo(database);
    }

    /** A file says itself which database is meant. */
    @Test
    void withoutAFileTheDatabaseOfThatVeryCommandIsNamed() {
        assertThat(commands.run("schema", "verify").err()).startsWith("This only reads.");
        assertThat(commands.run("schema", "adopt").err()).startsWith("This may migrate.");
        assertThat(commands.run("db", "status").err()).startsWith("This may migrate.");
        assertThat(commands.run("schema", "verify", "FILE").err()).doesNotContain("This only reads.");
        assertThat(commands.run("db", "status", "FILE").err()).doesNotContain("This may migrate.");
    }

    /** Nobody but the jar need be there, neither documentation nor database. */
    @Test
    void theRolesArePrintedWithoutADatabase() throws Exception {
        commands.connectedTo("jdbc:postgresql://127.0.0.1:1/longhaul", "u", "p");
        Commands.Ran ran = commands.run("db", "roles", "FILE");
        assertThat(ran.exitCode()).as("%s", ran).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).isEqualTo(Files.readString(Path.of("docs/roles.sql")));
        assertThat(commands.run("db", "roles").out()).isEqualTo(ran.out());
    }

    @OwnSession
    @Test
    void verifyWaitsForTheMigration() throws Exception {
        CompletableFuture<Commands.Ran> waiting =
                CompletableFuture.supplyAsync(() -> commands.run("schema", "verify", "--wait", "60", "FILE"));
        new Migrations(source()).up();
        assertThat(waiting.get().exitCode()).isZero();
    }

    @Test
    void verifyWaitsNoLongerThanRequested() {
        assertThat(commands.run("schema", "verify", "--wait", "1", "FILE").exitCode())
                .isEqualTo(1);
        commands.connectedTo("jdbc:postgresql://127.0.0.1:1/longhaul", "u", "p");
        assertThat(commands.run("schema", "verify", "--wait", "1", "--compatible", "FILE")
                        .exitCode())
                .isEqualTo(2);
    }

    @OwnSession
    @Test
    void aSchemaWithoutAnIndexIsCompatibleButNotEqual() throws Exception {
        new Migrations(source()).up();
        Sql.run(source(), "DROP INDEX idx_jobs_status");
        assertThat(commands.run("schema", "verify", "--compatible", "FILE").exitCode())
                .isZero();
        assertThat(commands.run("schema", "verify", "FILE").exitCode()).isEqualTo(1);
        assertThat(commands.run("schema", "verify", "--level", "1", "FILE").exitCode())
                .isEqualTo(1);
    }

    @OwnSession
    @Test
    void verifyDoesNotAdviseToRunVerify() throws Exception {
        new Migrations(source()).up();
        Sql.run(source(), "ALTER TABLE jobs ALTER COLUMN status SET DEFAULT 'running'");
        assertThat(commands.run("schema", "verify", "FILE").out())
                .contains("SET DEFAULT 'pending'::jobstatus;", "Cure: the statements above")
                .doesNotContain("shows the repair");
        // Migrating alone would not change it.
        new Migrations(source()).down(1);
        assertThat(commands.run("schema", "verify", "FILE").out())
                .containsPattern(
                        "Cure: java -jar app.jar db migrate \\S+, and for what was changed by hand the statements");
    }

    @OwnSession
    @Test
    void verifyChecksTheGrantsOfARole() throws Exception {
        new Migrations(source()).up();
        String role = "app_" + Sql.one(source(), "SELECT replace(gen_random_uuid()::text, '-', '')");
        Sql.run(source(), "CREATE ROLE " + role);
        try {
            Commands.Ran lacking = commands.run("schema", "verify", "--role", role, "FILE");
            assertThat(lacking.exitCode()).isEqualTo(1);
            assertThat(lacking.out())
                    .contains("GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO " + role + ";")
                    .contains("GRANT SELECT, USAGE ON SEQUENCE job_queue_seq TO " + role + ";")
                    .contains("GRANT SELECT ON databasechangelog TO " + role + ";");
            lacking.out()
                    .lines()
                    .filter(line -> line.strip().startsWith("GRANT "))
                    .forEach(line -> Sql.run(source(), line));
            assertThat(commands.run("schema", "verify", "--role", role, "FILE").exitCode())
                    .isZero();
        } finally {
            Sql.run(source(), "DROP OWNED BY " + role + "; DROP ROLE " + role);
        }
        Commands.Ran unknown = commands.run("schema", "verify", "--role", "nobody at all", "FILE");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err())
                .contains("no role \"nobody at all\"", "`psql -c '\\du'`", "`java -jar app.jar db roles /");
    }

    @OwnSession
    @Test
    void showListsTheLevelsOfThisRelease() throws Exception {
        Commands.Ran empty = commands.run("schema", "show", "FILE");
        assertThat(empty.exitCode()).isZero();
        assertThat(empty.out())
                .contains("Schema public is at level 0.", "This release makes level " + LEVEL)
                .contains("pending  0001-seed  level 1, for releases of level 1 and newer");
        new Migrations(source()).run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        JsonNode json = new ObjectMapper()
                .readTree(commands.run("schema", "show", "--json", "FILE").out());
        assertThat(json.path("found_level").intValue()).isEqualTo(1);
        assertThat(json.path("level").intValue()).isEqualTo(LEVEL);
        assertThat(json.path("applied").path(0).path("id").textValue()).isEqualTo("0001-seed");
    }

    @Test
    void diffOfTwoLevelsNeedsNoServerAndTurnsOneIntoTheOther() {
        commands.connectedTo("jdbc:postgresql://127.0.0.1:1/longhaul", "u", "p");
        Commands.Ran same = commands.run("schema", "diff", "--from", "1", "--to", "1", "FILE");
        assertThat(same.exitCode()).as(same.err()).isZero();
        Commands.Ran whole = commands.run("schema", "diff", "--from", "0", "FILE");
        assertThat(whole.exitCode()).isEqualTo(1);
        Sql.run(source(), whole.out());
        assertThat(SchemaExpectation.packed().compare(Sql.snapshot(source())).differences())
                .isEmpty();
        assertThat(commands.run("schema", "diff", "FILE").exitCode()).isEqualTo(2);
        assertThat(commands.run("schema", "diff", "--to", "99", "FILE").exitCode())
                .isEqualTo(2);
    }

    @OwnSession
    @Test
    void diffOfTheLiveSchemaNamesChanges() throws Exception {
        new Migrations(source()).up();
        assertThat(commands.run("schema", "diff", "FILE").exitCode()).isZero();
        Sql.run(source(), "ALTER TABLE jobs RENAME COLUMN result TO outcome");
        Commands.Ran diff = commands.run("schema", "diff", "FILE");
        assertThat(diff.exitCode()).isEqualTo(1);
        assertThat(diff.out())
                .contains(
                        "-- column jobs.result: expected jsonb, found nothing",
                        "ALTER TABLE jobs RENAME COLUMN outcome TO result;");
    }

    @OwnSession
    @Test
    void adoptsAndMigratesATableOfThePredecessor() throws Exception {
        new Migrations(source()).run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        Sql.run(
                source(),
                "DROP TABLE databasechangelog, databasechangeloglock; CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)");
        Sql.addJobs(source(), 20);
        String rows = Sql.digest(source());

        Commands.Ran adopted = commands.run("schema", "adopt", "FILE");
        assertThat(adopted.exitCode()).as(adopted.err()).isZero();
        assertThat(adopted.err()).contains("Adopted as level 1: 1 changeset recorded", "db migrate");
        assertThat(Sql.digest(source())).isEqualTo(rows);
        assertThat(commands.run("db", "migrate", "FILE").exitCode()).isZero();
        assertThat(Sql.one(source(), "SELECT count(*) FROM jobs")).isEqualTo("20");
        assertThat(commands.run("schema", "verify", "FILE").exitCode()).isZero();
    }

    /** Each such row would stop every migration; those that ended without a time stop none. */
    @OwnSession
    @Test
    void pendingRowsWithATimeOfTheirEndAreRepairedBeforeAnythingIsRecorded() throws Exception {
        new Migrations(source()).run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        Sql.run(source(), """
                INSERT INTO jobs (tool_name, trace_id, parameters, expires_at, status, completed_at)
                VALUES ('a', 't', '{}', NOW() - interval '1 day', 'pending', NOW()),
                       ('b', 't', '{}', NOW() + interval '1 day', 'running', NOW()),
                       ('c', 't', '{}', NOW() + interval '1 day', 'completed', NULL)
                """);
        Commands.Ran stopped = commands.run("db", "migrate", "FILE");
        assertThat(stopped.exitCode()).isEqualTo(1);
        assertThat(stopped.err())
                .contains("jobs_ended", "UPDATE jobs SET completed_at = NULL", "COALESCE(started_at, created_at)");

        Commands.Ran refused = commands.run("schema", "adopt", "FILE");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("nothing was recorded");
        Sql.run(source(), refused.out());
        assertThat(commands.run("schema", "adopt", "FILE").exitCode()).isZero();
        assertThat(commands.run("db", "migrate", "FILE").exitCode()).isZero();
        assertThat(Sql.one(source(), "SELECT count(*) FROM jobs WHERE completed_at IS NOT NULL"))
                .isEqualTo("0");
    }

    @OwnSession
    @Test
    @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whoeverLooksAtALockedTableWaitsForItAndNamesTheHolder() throws Exception {
        new Migrations(source()).up();
        try (Connection holder = source().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SET application_name = 'a slow report'");
            statement.execute("LOCK TABLE jobs");
            Commands.Ran down = commands.run("db", "rollback", "-c", "1", "--wait", "1", "FILE");
            assertThat(down.exitCode()).as(down.err()).isEqualTo(1);
            assertThat(down.err()).contains("a slow report", "pg_terminate_backend");
        }
        assertThat(commands.run("db", "rollback", "-c", "1", "FILE").exitCode()).isZero();
    }

    @Test
    void aNumberOfChangesetsIsOneOrMore() {
        for (String command : new String[] {"rollback", "migrate"}) {
            Commands.Ran refused = commands.run("db", command, "-c", "-1", "FILE");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("--count takes the number of changesets, 1 or more, not -1");
        }
    }

    /** A superuser's restore without its options leaves such tables. */
    @OwnSession
    @Test
    void tablesOfAnotherRoleAreHandedOverByStatementsThatTheFailedCommandPrints() throws Exception {
        new Migrations(source()).up();
        String role = "heir_" + ProcessHandle.current().pid();
        Sql.run(source(), "CREATE ROLE " + role + " LOGIN PASSWORD 'heir'; GRANT ALL ON SCHEMA public TO " + role);
        try {
            Commands heir = new Commands(folder).connectedTo(database.jdbcUrl(), role, "heir");
            for (String command : new String[] {"db migrate", "db rollback -c 1", "schema adopt"}) {
                Commands.Ran refused = heir.run((command + " FILE").split(" "));
                assertThat(refused.exitCode()).as("%s", refused).isNotZero();
                assertThat(refused.err()).contains("permission denied", "belong to another role", "superuser");
                assertThat(refused.out())
                        .contains("ALTER TABLE jobs OWNER TO " + role, "ALTER TABLE databasechangeloglock OWNER TO");
            }
            Sql.run(source(), heir.run("db", "migrate", "FILE").out());
            assertThat(heir.run("db", "rollback", "-c", "1", "FILE").err()).contains("Rolled back 1 changeset");
            assertThat(heir.run("db", "migrate", "FILE").exitCode()).isZero();
        } finally {
            Sql.run(source(), "DROP OWNED BY " + role + " CASCADE; DROP ROLE " + role);
        }
    }

    /** Foreign objects beside the tables stop no release, and nobody is told to drop them. */
    @OwnSession
    @Test
    void benignDifferencesCountOnlyWithStrict() throws Exception {
        new Migrations(source()).up();
        Sql.run(source(), """
                CREATE TABLE alembic_version (version_num varchar(32) NOT NULL);
                CREATE VIEW late AS SELECT * FROM jobs WHERE status = 'pending';
                CREATE MATERIALIZED VIEW counted AS SELECT status, count(*) FROM jobs GROUP BY status;
                CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1';
                CREATE SEQUENCE numbers;
                CREATE TYPE colour AS ENUM ('red');
                CREATE INDEX theirs ON jobs (created_at, tool_name);
                CREATE STATISTICS figures ON status, tool_name FROM jobs;
                CREATE PUBLICATION everything FOR TABLE jobs;
                ALTER TABLE jobs REPLICA IDENTITY FULL;
                ALTER TABLE jobs ADD COLUMN note text;
                COMMENT ON TABLE jobs IS 'theirs';
                GRANT SELECT ON jobs TO PUBLIC
                """);
        Commands.Ran verified = commands.run("schema", "verify", "FILE");
        assertThat(verified.exitCode()).as(verified.out()).isZero();
        assertThat(verified.out())
                .contains("9 differences, BENIGN: nothing is to be done.", "BENIGN  table alembic_version")
                .doesNotContain("DROP", "REPLICA IDENTITY DEFAULT", "SET search_path", "FATAL", "DEGRADED");
        assertThat(commands.run("schema", "verify", "--strict", "FILE").exitCode())
                .isEqualTo(1);
        JsonNode json = new ObjectMapper()
                .readTree(commands.run("schema", "verify", "--json", "FILE").out());
        assertThat(json.path("benign").booleanValue()).isTrue();
        assertThat(json.path("equal").booleanValue()).isFalse();

        Sql.run(source(), "ALTER TABLE jobs ADD COLUMN must text NOT NULL");
        Commands.Ran drift = commands.run("schema", "verify", "FILE");
        assertThat(drift.exitCode()).isEqualTo(1);
        assertThat(drift.out())
                .contains("SET search_path = public;", "ALTER TABLE jobs ALTER COLUMN must DROP NOT NULL;");
        assertThat(commands.run("schema", "diff", "FILE").out()).doesNotContain("DROP TABLE", "DROP VIEW", "DROP F");
    }

    /** A pending changeset counts, whatever it makes. */
    @OwnSession
    @Test
    void verifyFailsWhileChangesetsArePending() throws Exception {
        new Migrations(source()).up();
        Sql.run(source(), "DELETE FROM databasechangelog WHERE id = '0013-function-paths'");
        assertThat(commands.run("schema", "verify", "FILE").exitCode()).isEqualTo(1);
    }

    @OwnSession
    @Test
    void adoptsACompleteSchemaMadeByHand() throws Exception {
        Sql.run(source(), commands.run("schema", "diff", "--from", "0", "FILE").out());
        assertThat(commands.run("schema", "adopt", "FILE").err()).contains("Adopted as level " + LEVEL);
        assertThat(commands.run("db", "status", "FILE").exitCode()).isZero();
        assertThat(new Migrations(source()).up()).isZero();
        assertThat(commands.run("schema", "adopt", "FILE").err()).contains("Nothing to adopt");
    }

    @OwnSession
    @Test
    void doesNotAdoptATableThatDiffers() throws Exception {
        new Migrations(source()).run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        Sql.run(
                source(),
                "DROP TABLE databasechangelog, databasechangeloglock; ALTER TABLE jobs ALTER COLUMN trace_id TYPE text; ALTER TABLE jobs ADD COLUMN note text");
        Commands.Ran refused = commands.run("schema", "adopt", "FILE");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("differs from level 1, the nearest, in 1 point;");
        assertThat(refused.out())
                .contains("column jobs.trace_id type: expected character varying(36), found text")
                .doesNotContain("jobs.note");
        assertThat(Sql.one(source(), "SELECT to_regclass('databasechangelog')")).isNull();
        assertThat(commands.run("schema", "adopt", "--level", "2", "FILE").err())
                .contains("differs from level 2");
    }

    private DataSource source() {
        return database.dataSource();
    }
}
