package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Checkpoints are archived on the level before, and come back with their level. */
@OwnSession
class CheckpointsRollbackTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void checkpointsComeBackWithTheirLevel() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        int level12 = (int) Migrations.PACKED.changesets().stream()
                .takeWhile(changeset -> !changeset.id().startsWith("0013"))
                .count();
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(level12, ""));
        Sql.run(source, """
                INSERT INTO tool_checkpoints (job_id, attempt, tool_name, data, expires_at)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', 1, 'fold', '{}', NOW())
                """);
        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(1, ""));
        assertThat(Sql.one(source, "SELECT to_regclass('tool_checkpoints') IS NULL"))
                .isEqualTo("t");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        assertThat(Sql.one(source, "SELECT tool_name FROM tool_checkpoints")).isEqualTo("fold");
        assertThat(Sql.one(source, "SELECT to_regclass('public_archive.tool_checkpoints') IS NULL"))
                .isEqualTo("t");
    }
}
