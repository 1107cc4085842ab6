package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A release without tool lists would let keys with a list use all tools: such keys are archived while it runs. */
@OwnSession
class KeyToolsRollbackTest {
    private static final int CHANGESETS = 3;

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void keysWithToolsAreArchivedBelowTheirLevelAndComeBackWithIt() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        int level11 = (int) Migrations.PACKED.changesets().stream()
                .takeWhile(changeset -> !changeset.id().startsWith("0012"))
                .count();
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(level11, ""));
        Sql.run(source, """
                INSERT INTO api_keys (id, name, hash, role, tools)
                VALUES ('some', 'ada', 'hash of some', 'submit', ARRAY['fold']), ('all', 'ada', 'hash of all', 'submit', NULL)
                """);
        Sql.run(source, """
                INSERT INTO files (id, name, media_type, principal, expires_at)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'file', 'text/plain', 'ada', NOW())
                """);
        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(CHANGESETS, ""));
        assertThat(keys(source, "id")).isEqualTo("all");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(CHANGESETS, ""));
        assertThat(keys(source, "concat_ws(' ', id, hash, tools)"))
                .isEqualTo("all hash of all, some hash of some {fold}");
        assertThat(Sql.one(source, "SELECT principal FROM files")).isEqualTo("ada");
        assertThat(Sql.one(source, "SELECT to_regclass('public_archive.api_keys_tools') IS NULL"))
                .isEqualTo("t");
    }

    private static String keys(DataSource source, String what) {
        return Sql.one(source, "SELECT string_agg(" + what + ", ', ' ORDER BY id) FROM api_keys");
    }
}
