package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Measures the effect of each changeset and its rollback on concurrent sessions, on a table with rows in use. */
@Timeout(180)
@OwnSession
class MigrationCostTest {
    private static final int ROWS = 20_000;

    /** Changesets that may read or copy the rows of a locked table, with the reason. */
    private static final Map<String, String> MAY_READ_ALL_ROWS = Map.ofEntries(
            Map.entry(
                    "0002-job-columns",
                    "gives old pending rows a place in the queue, once, before any node of level 2 runs"),
            Map.entry("rollback of 0002-job-columns", "copies what would be lost"),
            Map.entry("rollback of 0003-job-columns", "copies what would be lost"),
            Map.entry("rollback of 0005-remote-columns", "copies what would be lost"),
            Map.entry("rollback of 0007-webhook-columns", "copies what would be lost"),
            Map.entry("rollback of 0010-jobs-principal", "copies what would be lost"),
            Map.entry("rollback of 0011-api-keys-tools", "copies what would be lost"),
            Map.entry("rollback of 0011-files-principal", "copies what would be lost"),
            Map.entry("rollback of 0011-schedules-principal", "copies what would be lost"),
            Map.entry("rollback of 0017-jobs-failure", "copies what would be lost"),
            Map.entry("rollback of 0021-start-within", "copies what would be lost"));

    /** Changesets that may block writers for the moment in which the catalog changes, with the reason. */
    private static final Map<String, String> TOUCHES_NO_ROW =
            Map.of("0007-webhook-triggers", "makes triggers, which reads and writes no row of their tables");

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void noChangesetBlocksOtherSessions() throws Exception {
        Migrations migrations = new Migrations(source());
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        Sql.addJobs(source(), ROWS);
        List<MigrationCost> costs = new ArrayList<>();
        List<Changeset> changesets = Migrations.PACKED.changesets();
        for (Changeset changeset : changesets.subList(1, changesets.size())) {
            costs.add(MigrationCost.of(source(), changeset.id(), ROWS, Migrations.PACKED, l -> l.update(1, "")));
        }
        for (int i = changesets.size() - 1; i >= 0; i--) {
            String name = "rollback of " + changesets.get(i).id();
            costs.add(MigrationCost.of(source(), name, ROWS, Migrations.PACKED, l -> l.rollback(1, "")));
        }
        costs.forEach(cost -> System.out.println("Cost: " + cost));
        assertThat(costs)
                .allSatisfy(cost -> assertThat(cost.complaints(
                                MAY_READ_ALL_ROWS.containsKey(cost.name()), TOUCHES_NO_ROW.containsKey(cost.name())))
                        .as("%s", cost)
                        .isEmpty());
        assertThat(Sql.one(source(), "SELECT count(*) >= " + ROWS + " FROM public_archive.jobs"))
                .isEqualTo("t");
    }

    /** The check itself refuses changesets that must not be released. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    ALTER TABLE jobs ADD COLUMN note uuid DEFAULT gen_random_uuid()        | rewrites idx_jobs
                    ALTER TABLE jobs ALTER COLUMN error_message TYPE varchar(3000)         | rewrites idx_jobs
                    CREATE INDEX idx_bad ON jobs (tool_name, id)                           | ShareLock on jobs
                    ALTER TABLE jobs ADD CONSTRAINT bad CHECK (length(tool_name) > 0)      | reads 2
                    ALTER TABLE jobs ADD CONSTRAINT bad UNIQUE (tool_name, id)             | ShareLock on jobs
                    LOCK TABLE jobs IN EXCLUSIVE MODE; SELECT pg_sleep(2.2)                | a write waited 2
                    """)
    void aBadChangesetIsRefused(String statements, String complaint) throws Exception {
        new Migrations(source()).run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        Sql.addJobs(source(), ROWS);
        Sql.run(source(), "UPDATE jobs SET error_message = 'none'");
        MigrationCost cost = MigrationCost.ofStatements(source(), "bad", ROWS, statements);
        assertThat(cost.complaints(false, false)).as("%s", cost).anyMatch(said -> said.contains(complaint));
    }

    /** A session tells what it read when it ends. */
    private DataSource source() {
        return database.newSessions();
    }
}
