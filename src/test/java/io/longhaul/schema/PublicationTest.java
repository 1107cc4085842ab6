package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.Commands.Ran;
import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A database published for logical replication, which refuses changes of tables without replica identity. */
@Timeout(120)
@OwnSession
class PublicationTest {
    private static final int ALL = Migrations.PACKED.changesets().size();

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @TempDir
    Path folder;

    private Commands commands;

    private PGSimpleDataSource source;

    @BeforeEach
    void connect() throws Exception {
        source = newDatabase();
        commands = connectedAs(source.getUser(), source.getPassword());
    }

    /** An empty database. */
    PGSimpleDataSource newDatabase() throws Exception {
        return database.newSessions();
    }

    private Commands connectedAs(String user, String password) {
        return new Commands(folder).connectedTo(source.getUrl(), user, password);
    }

    @Test
    void aSchemaMigratedWhilePublishedCanBeTaggedAndRolledBack() {
        publish("FOR ALL TABLES");
        ok("db", "migrate", "FILE");
        assertThat(ok("schema", "verify", "FILE").out()).contains("no difference");
        ok("db", "rollback", "-c", "2", "FILE");
        ok("db", "tag", "FILE", "here");
        ok("db", "migrate", "FILE");
        assertThat(ok("db", "rollback", "-t", "here", "FILE").err()).contains("Rolled back 2 changesets.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tag FILE here", "rollback -c 2 FILE", "clear-checksums FILE", "migrate FILE"})
    void aChangelogOfAnEarlierReleaseGetsAReplicaIdentityFirst(String words) {
        ofAnEarlierRelease();
        publish("FOR ALL TABLES");
        assertThat(ok("schema", "verify", "FILE").out())
                .contains("databasechangelog", "published without replica identity", "REPLICA IDENTITY FULL");
        ok(("db " + words).split(" ", -1));
        assertThat(Sql.one(source(), "SELECT relreplident FROM pg_class WHERE oid = 'databasechangelog'::regclass"))
                .isEqualTo("f");
        assertThat(commands.run("schema", "verify", "FILE").out()).doesNotContain("published");
    }

    @Test
    void rollbackAndMigrateMoveJobsWhilePublished() {
        ok("db", "migrate", "FILE");
        publish("FOR ALL TABLES");
        Sql.addJobs(source(), 20);
        String rows = Sql.digest(source());
        ok("db", "rollback", "-c", "" + ALL, "FILE");
        assertThat(Sql.snapshot(source()).facts()).isEmpty();
        ok("db", "migrate", "FILE");
        assertThat(Sql.digest(source())).isEqualTo(rows);
    }

    /** The statements of a serving node must not be refused either. */
    @Test
    void everyTableCanBeChangedWhilePublished() {
        ok("db", "migrate", "FILE");
        publish("FOR ALL TABLES");
        for (CatalogFact table : SchemaExpectation.packed().facts(Migrations.PACKED.level())) {
            if (table.kind() == CatalogFact.Kind.TABLE) {
                String column = Sql.one(
                        source(),
                        "SELECT attname FROM pg_attribute WHERE attidentity = '' AND attnum > 0 AND attrelid = '"
                                + table.object() + "'::regclass ORDER BY attnum");
                Sql.run(source(), "UPDATE " + table.object() + " SET " + column + " = " + column + " WHERE FALSE");
                Sql.run(source(), "DELETE FROM " + table.object() + " WHERE FALSE");
            }
        }
    }

    @Test
    void refusesAForeignChangelogBeforeAnythingIsChanged() {
        ofAnEarlierRelease();
        String role = "r" + Sql.one(source(), "SELECT replace(gen_random_uuid()::text, '-', '')");
        Sql.run(source(), "CREATE ROLE " + role + " LOGIN PASSWORD 'x'");
        Sql.run(
                source(),
                "GRANT ALL ON SCHEMA public TO " + role + "; GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role);
        try {
            publish("FOR ALL TABLES");
            Commands theirs = connectedAs(role, "x");
            List<CatalogFact> before = Sql.snapshot(source()).facts();
            for (String[] words :
                    new String[][] {{"db", "rollback", "-c", "2", "FILE"}, {"db", "tag", "FILE", "here"}}) {
                Ran refused = theirs.run(words);
                assertThat(refused.exitCode()).isEqualTo(1);
                assertThat(refused.err())
                        .contains(
                                "does not have a replica identity",
                                "ALTER TABLE databasechangelog REPLICA IDENTITY FULL",
                                "Nothing was changed")
                        .doesNotContain("rolled back");
            }
            assertThat(Sql.snapshot(source()).facts()).isEqualTo(before);
            assertThat(Sql.snapshot(source()).applied()).hasSize(ALL);
            Sql.run(source(), "ALTER TABLE databasechangelog REPLICA IDENTITY FULL");
            assertThat(theirs.run("db", "tag", "FILE", "here").exitCode()).isZero();
        } finally {
            Sql.run(source(), "DROP OWNED BY " + role + "; DROP ROLE " + role);
        }
    }

    @Test
    void doesNotWaitForAnUnpublishedChangelogInUse() throws Exception {
        ofAnEarlierRelease();
        try (java.sql.Connection reader = source().getConnection();
                java.sql.Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM databasechangelog");
            assertThat(ok("db", "rollback", "-c", "1", "FILE").err()).contains("Rolled back 1 changeset.");
            reader.rollback();
        }
    }

    private void ofAnEarlierRelease() {
        ok("db", "migrate", "FILE");
        Sql.run(source(), "ALTER TABLE databasechangelog REPLICA IDENTITY DEFAULT");
    }

    private void publish(String what) {
        Sql.run(source(), "CREATE PUBLICATION p " + what);
    }

    private Ran ok(String... words) {
        Ran ran = commands.run(words);
        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        return ran;
    }

    private DataSource source() {
        return source;
    }
}
