package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The predecessors of jobs are archived on the level before, and come back with their level. */
@OwnSession
class PredecessorsRollbackTest {
    private static final String CHILD = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    private static final String PARENT = "3f2504e0-4f89-41d3-9a0c-0305e82c3302";

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void chainsThatWaitAreTakenOverAndThoseThatHaveEndedComeBack() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        int before = (int) Migrations.PACKED.changesets().stream()
                .takeWhile(changeset -> !changeset.id().startsWith("0020"))
                .count();
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(before, ""));
        Sql.run(source, """
                INSERT INTO jobs (id, tool_name, trace_id, parameters, expires_at)
                VALUES ('%1$s', 't', repeat('0', 32), '{}', NOW() + interval '1 day');
                INSERT INTO job_dependencies (job_id, after_id, any_end) VALUES ('%1$s', '%2$s', FALSE)
                """.formatted(CHILD, PARENT));
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        assertThat(Sql.one(source, "SELECT after_id FROM job_predecessors")).isEqualTo(PARENT);
        Sql.run(source, "DELETE FROM job_dependencies");
        Sql.run(source, "INSERT INTO job_predecessors VALUES (gen_random_uuid(), '" + PARENT + "')");

        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(1, ""));
        assertThat(Sql.one(source, "SELECT to_regclass('job_predecessors') IS NULL"))
                .isEqualTo("t");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));

        assertThat(Sql.one(source, "SELECT string_agg(job_id::text, ' ') FROM job_predecessors"))
                .as("of jobs that are there")
                .isEqualTo(CHILD);
        assertThat(Sql.one(source, "SELECT to_regclass('public_archive.job_predecessors') IS NULL"))
                .isEqualTo("t");
    }
}
