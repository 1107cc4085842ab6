package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits on waiting are archived on the level before, and come back with their level. */
@OwnSession
class StartWithinRollbackTest {
    private static final String LEFT =
            "SELECT string_agg(tool_name || ' ' || start_within_seconds, ', ' ORDER BY tool_name) FROM jobs";

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void expiredRowsOfAnOlderSystemKeepTheirEndAndLimitsComeBack() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        int before = (int) Migrations.PACKED.changesets().stream()
                .takeWhile(changeset -> !changeset.id().startsWith("0021"))
                .count();
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(before, ""));
        Sql.run(source, """
                INSERT INTO jobs (tool_name, trace_id, parameters, ttl_seconds, expires_at)
                VALUES ('expired', 't', '{}', NULL, NOW() - interval '1 day'),
                       ('waiting', 't', '{}', NULL, NOW() + interval '1 day'),
                       ('accepted', 't', '{}', 3600, NOW() - interval '1 day')
                """);
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(""));
        assertThat(Sql.one(source, LEFT)).as("what Longhaul accepted waits").isEqualTo("expired 0");
        Sql.run(source, "UPDATE jobs SET start_within_seconds = 60 WHERE tool_name = 'waiting'");

        int level = Migrations.PACKED.changesets().size() - before;
        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(level, ""));
        assertThat(Sql.one(source, "SELECT count(*) FROM jobs")).isEqualTo("3");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(""));

        assertThat(Sql.one(source, LEFT)).isEqualTo("expired 0, waiting 60");
        assertThat(Sql.one(source, "SELECT to_regclass('public_archive.jobs_start_within') IS NULL"))
                .isEqualTo("t");
    }
}
