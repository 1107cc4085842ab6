package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Questions and answers are archived on the level before, and come back with their level. */
@OwnSession
class InputsRollbackTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void questionsAndAnswersComeBackWithTheirLevel() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        int before = changesets(14);
        int ofLevel15 = changesets(15) - before;
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(before + ofLevel15, ""));
        Sql.run(source, """
                INSERT INTO job_inputs (job_id, key, attempt, request, expires_at, answer, answered_at)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'approve', 1, '{"message": "?"}', NOW(),
                        '{"action": "accept", "content": {"b": 1, "a": 2}}', NOW())
                """);
        Sql.run(source, """
                INSERT INTO jobs (id, tool_name, trace_id, parameters, expires_at)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', 't', repeat('0', 32), '{}', NOW() + interval '1 day');
                INSERT INTO job_inputs (job_id, key, attempt, request, expires_at)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3302', 'of a job that is gone', 1, '{}', NOW())
                """);
        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(ofLevel15, ""));
        assertThat(Sql.one(source, "SELECT to_regclass('job_inputs') IS NULL")).isEqualTo("t");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(ofLevel15, ""));
        assertThat(Sql.one(source, "SELECT answer->>'content' FROM job_inputs")).isEqualTo("{\"b\": 1, \"a\": 2}");
        assertThat(Sql.one(source, "SELECT to_regclass('public_archive.job_inputs') IS NULL"))
                .isEqualTo("t");
    }

    private static int changesets(int level) {
        return (int) Migrations.PACKED.changesets().stream()
                .filter(changeset -> changeset.level() <= level)
                .count();
    }
}
