package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.Commands.Ran;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Another application shares the changelog table: its changesets are never counted, tagged or changed. */
@Timeout(120)
@OwnSession
class SharedChangelogTest {
    private static final int ALL = Migrations.PACKED.changesets().size();

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @TempDir
    Path folder;

    private Commands commands;

    @BeforeEach
    void connect() {
        commands = new Commands(folder).connectedTo(database);
    }

    /** Changesets before, between and after those of this service; one with the same id, one tagged. */
    private String shared() {
        ok("db", "migrate", "FILE");
        Sql.run(source(), """
                INSERT INTO databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype, md5sum, tag)
                VALUES ('1', 'alice', 'db/app.xml', '2001-01-01', 1, 'EXECUTED', '9:aaaa', NULL),
                       ('0001-seed', 'alice', 'db/app.xml', '2001-01-01', 2, 'EXECUTED', '9:bbbb', 'theirs'),
                       ('2', 'alice', 'db/app.xml', now() + interval '1 second', 2000, 'EXECUTED', '9:cccc', NULL)
                """);
        return theirs();
    }

    @Test
    void aRollbackCountsAndUndoesOwnChangesetsOnly() {
        String theirs = shared();
        Ran two = ok("db", "rollback", "-c", "2", "FILE");
        assertThat(two.err()).contains("Rolled back 2 changesets.");
        assertThat(Sql.snapshot(source()).applied()).hasSize(ALL - 2);
        assertThat(ok("db", "migrate", "FILE").err()).contains("Applied 2 changesets");
        ok("db", "rollback", "-c", "" + ALL, "FILE");
        assertThat(Sql.snapshot(source()).facts()).isEmpty();
        assertThat(theirs()).isEqualTo(theirs);
        ok("db", "migrate", "FILE");
        ok("db", "test", "FILE");
        assertThat(theirs()).isEqualTo(theirs);
    }

    @Test
    void outputNamesOwnChangesetsOnly() {
        shared();
        Ran status = ok("db", "status", "FILE");
        assertThat(status.out()).contains("up to date").doesNotContain("unknown to this release");
        assertThat(ok("schema", "verify", "FILE").out())
                .contains("no difference")
                .doesNotContain("newer release");
        assertThat(ok("schema", "show", "FILE").out()).doesNotContain("of a newer release");
        Sql.run(source(), "DELETE FROM databasechangelog WHERE author = 'longhaul'");
        assertThat(Sql.snapshot(source()).applied()).isEmpty();
    }

    @Test
    void tagsOnlyOwnChangesetsAndIgnoresForeignTags() {
        String theirs = shared();
        ok("db", "rollback", "-c", "2", "FILE");
        ok("db", "tag", "FILE", "here");
        assertThat(theirs()).isEqualTo(theirs);
        ok("db", "migrate", "FILE");
        assertThat(ok("db", "rollback", "-t", "here", "FILE").err()).contains("Rolled back 2 changesets.");
        Ran other = commands.run("db", "rollback", "-t", "theirs", "FILE");
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err()).contains("Could not find tag 'theirs'");
        assertThat(Sql.snapshot(source()).applied()).hasSize(ALL - 2);
    }

    @Test
    void keepsForeignChecksums() {
        String theirs = shared();
        ok("db", "clear-checksums", "FILE");
        assertThat(theirs()).isEqualTo(theirs);
        assertThat(Sql.one(source(), "SELECT count(md5sum) FROM databasechangelog WHERE author = 'longhaul'"))
                .isEqualTo("0");
        ok("db", "migrate", "FILE");
        assertThat(theirs()).isEqualTo(theirs);
    }

    @Test
    void aTagBeforeTheFirstChangesetDoesNotBlockMigrations() {
        ok("db", "tag", "FILE", "nothing-yet");
        ok("db", "migrate", "FILE");
        assertThat(ok("db", "status", "FILE").out()).contains("up to date");
        assertThat(ok("db", "rollback", "-t", "nothing-yet", "FILE").err())
                .contains("Rolled back " + ALL + " changesets.");
        assertThat(Sql.snapshot(source()).facts()).isEmpty();
    }

    @Test
    void waitsForTheLockOfAnotherApplication() throws Exception {
        shared();
        Sql.run(
                source(),
                "UPDATE databasechangeloglock SET locked = TRUE, lockgranted = now(), lockedby = 'app-1 (10.0.0.1)'");
        Ran hasty = commands.run("db", "rollback", "-c", "1", "--wait", "0", "FILE");
        assertThat(hasty.exitCode()).isEqualTo(1);
        assertThat(hasty.err()).contains("another application, app-1", "--force-release");

        Migrations migrations = new Migrations(source());
        CompletableFuture<Void> down = CompletableFuture.runAsync(() -> migrations.downInSteps(1));
        migrations.awaitReport("waiting: the changelog is locked by another application");
        Sql.run(source(), "UPDATE databasechangeloglock SET locked = FALSE");
        down.get(30, TimeUnit.SECONDS);
        assertThat(Sql.snapshot(source()).applied()).hasSize(ALL - 1);
    }

    @Test
    void freesTheLockOfADeadMigratorInASharedChangelog() {
        shared();
        Sql.run(
                source(),
                "UPDATE databasechangeloglock SET locked = TRUE, lockgranted = now(), lockedby = 'node-1#longhaul (10.0.0.1)'");
        assertThat(ok("db", "rollback", "-c", "1", "--wait", "0", "FILE").err())
                .contains("released the changelog lock");
    }

    private String theirs() {
        return Sql.one(
                source(),
                "SELECT string_agg(c::text, ',' ORDER BY id) FROM databasechangelog c WHERE author = 'alice'");
    }

    private Ran ok(String... words) {
        Ran ran = commands.run(words);
        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        return ran;
    }

    private DataSource source() {
        return database.dataSource();
    }
}
