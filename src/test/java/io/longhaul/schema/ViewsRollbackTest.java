package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kept lists are archived on the level before, and come back with their level. */
@OwnSession
class ViewsRollbackTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void viewsComeBackWithTheirLevel() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        int before = (int) Migrations.PACKED.changesets().stream()
                .takeWhile(changeset -> !changeset.id().endsWith("-views"))
                .count();
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(before + 5, ""));
        Sql.run(source, "INSERT INTO views (owner, name, query, changed_by) VALUES ('ada', 'mine', 'tool=a', 'ada')");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(5, ""));
        assertThat(Sql.one(source, "SELECT to_regclass('views') IS NULL")).isEqualTo("t");
        assertThat(Sql.one(source, "SELECT query FROM public_archive.views")).isEqualTo("tool=a");
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(5, ""));
        assertThat(Sql.one(source, "SELECT query FROM views WHERE owner = 'ada'"))
                .isEqualTo("tool=a");
        assertThat(Sql.one(source, "SELECT to_regclass('public_archive.views') IS NULL"))
                .isEqualTo("t");
    }
}
