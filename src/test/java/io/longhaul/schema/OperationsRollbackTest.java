package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Operations and outcomes are archived on the level before, and come back with their level. */
@OwnSession
class OperationsRollbackTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void operationsAndOutcomesComeBackWithTheirLevel() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        int before = changesets("0018-") - 1;
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(before + 1, ""));
        Sql.run(source, """
                INSERT INTO operations (id, kind, filter)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'retry', '{"tool": "b", "error": "a"}');
                INSERT INTO operation_outcomes (operation_id, position, job_id, outcome)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', 1, '3f2504e0-4f89-41d3-9a0c-0305e82c3302', 'done')
                """);
        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(1, ""));
        assertThat(Sql.one(source, "SELECT to_regclass('operations') IS NULL")).isEqualTo("t");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        assertThat(Sql.one(source, "SELECT filter::text FROM operations"))
                .isEqualTo("{\"tool\": \"b\", \"error\": \"a\"}");
        assertThat(Sql.one(source, "SELECT outcome FROM operation_outcomes")).isEqualTo("done");
        assertThat(Sql.one(source, "SELECT to_regclass('public_archive.operations') IS NULL"))
                .isEqualTo("t");
        // Without rows nothing is kept.
        Sql.run(source, "TRUNCATE operations, operation_outcomes");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(1, ""));
        assertThat(Sql.one(source, "SELECT to_regclass('public_archive.operations') IS NULL"))
                .isEqualTo("t");
    }

    /** The number of changesets up to and with those of this file. */
    private static int changesets(String file) {
        int last = 0;
        int number = 0;
        for (var changeset : Migrations.PACKED.changesets()) {
            number++;
            last = changeset.id().startsWith(file) ? number : last;
        }
        return last;
    }
}
