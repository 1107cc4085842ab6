package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** The seed can be applied and rolled back, and never loses a row. */
@OwnSession
class SeedTest {
    private static final int ALL = Migrations.PACKED.changesets().size();

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void rollingBackEverythingLeavesNothing() throws Exception {
        migrations().up();
        migrations().down(ALL);
        assertThat(Sql.snapshot(source()).facts()).isEmpty();
        assertThat(Sql.one(source(), "SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%archive'"))
                .isEqualTo("0");
    }

    @Test
    void migratingAgainAfterARollbackGivesTheSameCatalog() throws Exception {
        migrations().up();
        CatalogSnapshot first = Sql.snapshot(source());
        migrations().down(ALL);
        migrations().up();
        assertThat(Sql.snapshot(source())).isEqualTo(first);
    }

    @Test
    void rowsSurviveRollbackAndMigration() throws Exception {
        migrations().up();
        CatalogSnapshot first = Sql.snapshot(source());
        Sql.addJobs(source(), 1_000);
        String rows = Sql.digest(source());
        for (int round = 0; round < 3; round++) {
            migrations().down(ALL);
            assertThat(Sql.snapshot(source()).facts()).isEmpty();
            assertThat(Sql.one(source(), "SELECT count(*) FROM public_archive.jobs"))
                    .isEqualTo("1000");
            migrations().up();
            assertThat(Sql.digest(source())).isEqualTo(rows);
            assertThat(Sql.snapshot(source())).isEqualTo(first);
        }
    }

    /** An older system may have ended a job without writing when; a check refuses to write such a row again. */
    @Test
    void endedRowsWithoutATimeSurviveARollbackToEachLevel() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        List<Integer> levels =
                Migrations.PACKED.changesets().stream().map(Changeset::level).toList();
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(levels.lastIndexOf(1) + 1, ""));
        Sql.run(source, """
                INSERT INTO jobs (tool_name, trace_id, parameters, expires_at, status)
                VALUES ('ended', 't', '{}', NOW() + interval '1 day', 'completed'),
                       ('waiting', 't', '{}', NOW() + interval '1 day', 'pending')
                """);
        migrations.up();
        Sql.run(source, "UPDATE jobs SET priority = 3, retry = '{}' WHERE tool_name = 'waiting'");
        String rows = Sql.digest(source);
        for (int level = 1; level <= 3; level++) {
            migrations.down(levels.size() - levels.lastIndexOf(level) - 1);
            migrations.up();
            assertThat(Sql.digest(source)).as("from level " + level).isEqualTo(rows);
        }
    }

    @Test
    void anArchiveIsNeverOverwritten() throws Exception {
        migrations().up();
        Sql.addJobs(source(), 10);
        migrations().down(ALL);
        Sql.run(source(), "ALTER TABLE public_archive.jobs ADD COLUMN by_hand int");
        migrations().up();
        assertThat(Sql.one(source(), "SELECT count(*) FROM jobs")).isEqualTo("0");
        Sql.addJobs(source(), 1);
        assertThatThrownBy(() -> migrations().down(ALL))
                .hasMessageContaining("public_archive.jobs holds the rows of an earlier rollback");
        assertThat(Sql.one(source(), "SELECT count(*) FROM jobs")).isEqualTo("1");
        assertThat(Sql.one(source(), "SELECT count(*) FROM public_archive.jobs"))
                .isEqualTo("10");
    }

    @Test
    void aTableDroppedByHandDoesNotStopTheRollback() throws Exception {
        migrations().run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        Sql.run(source(), "DROP TABLE jobs CASCADE");
        migrations().down(1);
        migrations().up();
        assertThat(SchemaExpectation.packed().compare(Sql.snapshot(source())).differences())
                .isEmpty();
    }

    @Test
    void usesTheSchemaOfTheConnection() throws Exception {
        Sql.run(source(), "CREATE SCHEMA \"My jobs\"");
        DataSource other = sourceIn("My jobs");
        new Migrations(other).up();
        Sql.addJobs(other, 3);
        CatalogSnapshot snapshot = Sql.snapshot(other);
        assertThat(snapshot.schema()).isEqualTo("My jobs");
        assertThat(SchemaExpectation.packed().compare(snapshot).differences()).isEmpty();
        assertThat(Sql.snapshot(source()).facts()).isEmpty();
        new Migrations(other).down(ALL);
        assertThat(Sql.one(source(), "SELECT count(*) FROM \"My jobs_archive\".jobs"))
                .isEqualTo("3");
    }

    @Test
    void aRoleThatMayOnlyReadTheChangelogCanCompareSchemas() throws Exception {
        migrations().up();
        String role = "reader_" + Sql.one(source(), "SELECT replace(gen_random_uuid()::text, '-', '')");
        Sql.run(source(), "CREATE ROLE " + role + " LOGIN PASSWORD 'x'; GRANT SELECT ON databasechangelog TO " + role);
        try {
            PGSimpleDataSource reader = database.newSessions();
            reader.setUser(role);
            reader.setPassword("x");
            CatalogSnapshot snapshot = Sql.snapshot(reader);
            assertThat(SchemaExpectation.packed().compare(snapshot).differences())
                    .extracting(difference -> difference.fact().kind())
                    .containsOnly(CatalogFact.Kind.GRANT);
            assertThat(snapshot.missingGrants())
                    .extracting(CatalogFact::line)
                    .contains("grant\tjobs\tis=table\tmissing=SELECT, INSERT, UPDATE, DELETE\trole=" + role);
        } finally {
            Sql.run(source(), "DROP OWNED BY " + role + "; DROP ROLE " + role);
        }
    }

    private Migrations migrations() {
        return new Migrations(source());
    }

    private DataSource source() {
        return database.dataSource();
    }

    private DataSource sourceIn(String schema) {
        PGSimpleDataSource source = database.newSessions();
        source.setCurrentSchema('"' + schema + '"');
        return source;
    }
}
