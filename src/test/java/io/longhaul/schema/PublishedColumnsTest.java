package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.schema.Commands.Ran;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Publications with column lists or row filters, since PostgreSQL 15: one that leaves out the replica identity refuses
 * all changes.
 */
@Timeout(120)
class PublishedColumnsTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    @TempDir
    Path folder;

    private Commands commands;

    @BeforeEach
    void connect() {
        commands = new Commands(folder).connectedTo(database);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jobs         | jobs (tool_name, status)",
                "jobs         | jobs (id, tool_name) WHERE (tool_name = 'x')",
                "job_leases   | job_leases (node_id), nodes (id)",
                "nodes        | nodes WHERE (version = '1')",
                "job_progress | job_progress (fraction)"
            })
    void aTableOfOursThatRefusesChangesIsSeenAndMended(String table, String published) throws SQLException {
        assertThat(commands.run("schema", "verify", "FILE").exitCode()).isZero();
        run("CREATE PUBLICATION p FOR TABLE " + published);
        assertThatThrownBy(() -> change(table)).hasMessageContaining("replica identity");

        Ran verify = commands.run("schema", "verify", "FILE");
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out()).contains("FATAL  table " + table, "would not serve");

        mend(verify.out());
        change(table);
        assertThat(commands.run("schema", "verify", "FILE").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jobs (id, status)",
                "jobs WHERE (id IS NOT NULL)",
                "jobs (id, tool_name) WHERE (id IS NOT NULL), nodes"
            })
    void onesThatRefuseNothingAreNobodysDrift(String published) throws SQLException {
        run("CREATE PUBLICATION p FOR TABLE " + published);
        change("jobs");

        assertThat(commands.run("schema", "verify", "--strict", "FILE").exitCode())
                .isZero();
    }

    @OwnSession
    @ParameterizedTest
    @ValueSource(
            strings = {
                "FOR TABLE databasechangelog (id)",
                "FOR TABLE databasechangeloglock (locked)",
                "FOR TABLE databasechangeloglock WHERE (locked)"
            })
    void aChangelogThatRefusesChangesIsSeenAndNothingIsChangedBeforeItIsMended(String published) throws SQLException {
        // Liquibase makes this table with its first lock.
        commands.run("db", "migrate", "FILE");
        run("CREATE PUBLICATION p " + published);

        Ran verify = commands.run("schema", "verify", "FILE");
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out()).contains("DEGRADED  published databasechangelog", "(p)", "would serve");
        Ran refused = commands.run("db", "rollback", "-c", "2", "FILE");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("take it out of the publication", "Nothing was changed")
                .doesNotContain("..");
        assertThat(Sql.snapshot(database.dataSource()).applied()).hasSameSizeAs(Migrations.PACKED.changesets());

        String repair = verify.out()
                .lines()
                .filter(line -> line.contains("REPLICA IDENTITY") || line.contains("ALTER PUBLICATION"))
                .findFirst()
                .orElseThrow()
                .strip();
        assertThat(refused.err()).contains(repair);
        mend(verify.out());
        assertThat(commands.run("schema", "verify", "FILE").exitCode()).isZero();
        assertThat(commands.run("db", "rollback", "-c", "2", "FILE").exitCode()).isZero();
        assertThat(commands.run("db", "migrate", "FILE").exitCode()).isZero();
    }

    @OwnSession
    @Test
    void aPublishedSchemaCanBeTaggedRolledBackAndMigrated() throws SQLException {
        run("CREATE PUBLICATION p FOR TABLES IN SCHEMA public");
        for (String words :
                List.of("db tag FILE here", "db rollback -c 2 FILE", "db migrate FILE", "schema verify FILE")) {
            Ran ran = commands.run(words.split(" ", -1));
            assertThat(ran.exitCode()).as(words + ran.err() + ran.out()).isZero();
        }
    }

    /** Runs the printed statements like a person who copies them. */
    private void mend(String report) throws SQLException {
        for (String line : report.lines().map(String::strip).toList()) {
            if (line.startsWith("ALTER ")) {
                run(line);
            }
        }
    }

    private void change(String table) throws SQLException {
        run("DELETE FROM " + table + " WHERE FALSE");
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
