package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Objects that others have made on top of the schema stop a rollback; they are named, and never dropped silently. */
@OwnSession
class DependentsTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @TempDir
    Path folder;

    private Commands commands;

    @BeforeEach
    void configure() {
        commands = new Commands(folder).connectedTo(database);
    }

    @Test
    void namesDependentsOfAColumn() throws Exception {
        migrateTo("0007-webhook-columns");
        assertEachIsNamed(Map.of(
                "CREATE VIEW theirs AS SELECT id, webhook FROM jobs",
                "DROP VIEW theirs",
                "CREATE MATERIALIZED VIEW theirs AS SELECT id, webhook FROM jobs",
                "DROP MATERIALIZED VIEW theirs",
                "CREATE FUNCTION theirs() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(webhook) FROM jobs; END",
                "DROP FUNCTION theirs",
                "CREATE POLICY theirs ON jobs USING (webhook IS NULL)",
                "DROP POLICY theirs ON jobs",
                "CREATE RULE theirs AS ON UPDATE TO jobs WHERE NEW.webhook IS NULL DO ALSO NOTHING",
                "DROP RULE theirs ON jobs",
                "CREATE TRIGGER theirs BEFORE UPDATE OF webhook ON jobs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
                "DROP TRIGGER theirs ON jobs",
                "CREATE PUBLICATION theirs FOR TABLE jobs (id, webhook)",
                "DROP PUBLICATION theirs"));
    }

    @Test
    void namesDependentsOfATable() throws Exception {
        migrateTo("0012-tool-checkpoints");
        assertEachIsNamed(Map.of(
                "CREATE VIEW theirs AS SELECT * FROM tool_checkpoints",
                "DROP VIEW theirs",
                "CREATE TABLE theirs (job_id uuid REFERENCES tool_checkpoints)",
                "DROP TABLE theirs",
                "CREATE TABLE theirs () INHERITS (tool_checkpoints)",
                "DROP TABLE theirs",
                "CREATE TABLE theirs (kept tool_checkpoints)",
                "DROP TABLE theirs",
                "CREATE FUNCTION theirs() RETURNS SETOF tool_checkpoints LANGUAGE sql AS 'TABLE tool_checkpoints'",
                "DROP FUNCTION theirs"));
    }

    @Test
    void namesDependentsOfAType() throws Exception {
        migrateTo("0001-seed");
        assertEachIsNamed(Map.of(
                "CREATE TABLE theirs (status jobstatus)",
                "DROP TABLE theirs",
                "CREATE FUNCTION theirs(jobstatus) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "DROP FUNCTION theirs"));
    }

    @Test
    void namesTheFirstOfManyDependents() throws Exception {
        migrateTo("0012-tool-checkpoints");
        for (int i = 0; i < 12; i++) {
            Sql.run(source(), "CREATE VIEW theirs_" + i + " AS SELECT * FROM tool_checkpoints");
        }
        assertThat(commands.run("db", "rollback", "-c", "1", "FILE").err()).contains("theirs_9", "; and 2 more.");
    }

    private void assertEachIsNamed(Map<String, String> dependents) {
        dependents.forEach((made, dropped) -> {
            Sql.run(source(), made);
            Commands.Ran refused = commands.run("db", "rollback", "-c", "1", "FILE");
            assertThat(refused.exitCode()).as(made).isEqualTo(1);
            assertThat(refused.err().lines().toList()).as(made).hasSize(1);
            assertThat(refused.err())
                    .as(made)
                    .contains("other objects depend on it: ", "theirs", " depends on ", "are not Longhaul's")
                    .doesNotContain("CASCADE");
            Sql.run(source(), dropped);
        });
        assertThat(commands.run("db", "rollback", "-c", "1", "FILE").exitCode()).isZero();
    }

    private void migrateTo(String changeset) throws Exception {
        List<String> ids =
                Migrations.PACKED.changesets().stream().map(Changeset::id).toList();
        new Migrations(source()).run(Migrations.PACKED, liquibase -> liquibase.update(ids.indexOf(changeset) + 1, ""));
    }

    private DataSource source() {
        return database.dataSource();
    }
}
