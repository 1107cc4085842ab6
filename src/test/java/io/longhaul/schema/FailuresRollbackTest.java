package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The fingerprints of failures are archived on the level before, and come back with their level. */
@OwnSession
class FailuresRollbackTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void fingerprintsComeBackWithTheirLevel() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        int before = (int) Migrations.PACKED.changesets().stream()
                .takeWhile(changeset -> !changeset.id().startsWith("0017"))
                .count();
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(before + 3, ""));
        Sql.run(source, """
                INSERT INTO jobs (tool_name, status, trace_id, parameters, failure, completed_at, expires_at)
                VALUES ('fold', 'failed', 'trace', '{}', '0123456789abcdef', NOW(), NOW() + INTERVAL '1 day')
                """);
        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(3, ""));
        assertThat(Sql.one(source, "SELECT status FROM jobs")).isEqualTo("failed");
        assertThat(Sql.one(source, "SELECT failure FROM public_archive.jobs_failure"))
                .isEqualTo("0123456789abcdef");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(3, ""));
        assertThat(Sql.one(source, "SELECT failure FROM jobs")).isEqualTo("0123456789abcdef");
        assertThat(Sql.one(source, "SELECT to_regclass('public_archive.jobs_failure') IS NULL"))
                .isEqualTo("t");
    }
}
