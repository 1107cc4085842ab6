package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.migrate.ChangeReport;
import io.longhaul.schema.migrate.MigrationSession;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.Await;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/**
 * Ends a migrator's session in the middle: everything it did is complete, and the next migrator reaches the same end.
 * Each statement and each commit is the last one once, including those that write the changelog.
 */
@Timeout(900)
@OwnSession
class BrokenMigrationTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    private static final Logger LIQUIBASE = (Logger) LoggerFactory.getLogger("liquibase");

    /** The catalog after each number of applied changesets. */
    private final List<List<CatalogFact>> up = new ArrayList<>();

    /** The same after a rollback: a validated constraint stays validated. */
    private final List<List<CatalogFact>> down = new ArrayList<>();

    /** The points at which a session was ended. */
    private final List<String> ended = new ArrayList<>();

    private Changelog changelog;

    /** The schema after the last session. */
    private CatalogSnapshot now;

    /** Liquibase would log a page for each cut. */
    @BeforeAll
    static void quiet() {
        LIQUIBASE.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LIQUIBASE.setLevel(null);
    }

    /** Ends the session after a number of statements and commits. */
    private final class Fuse implements Tapped.Tap {
        private final boolean every;
        private int left;
        private boolean begun;
        private boolean blown;

        Fuse(int statements, boolean every) {
            this.left = statements;
            this.every = every;
        }

        @Override
        public void executed(String sql) {
            boolean changes = sql.stripLeading().matches("(?s)(DO|CREATE|ALTER|DROP|INSERT|DELETE)\\b.*")
                    && !sql.contains("client_connection_check_interval");
            begun |= changes;
            if (every || changes) {
                burn(sql);
            }
        }

        @Override
        public void committing(Connection connection) {
            if (every || begun) {
                burn("nothing, before COMMIT");
            }
        }

        /** A session that has not set its name yet cannot be found: it is ended a little later. */
        private void burn(String sql) {
            left--;
            if (left <= 0 && !blown && end()) {
                blown = true;
                ended.add(sql.strip());
            }
        }

        private boolean end() {
            String ours =
                    "FROM pg_stat_activity WHERE application_name = 'longhaul-migrate' AND datname = current_database()";
            boolean found = Sql.one(source(), "SELECT pg_terminate_backend(pid) " + ours) != null;
            if (found) {
                Await.until("the session has ended", Await.LONG, () -> Sql.one(source(), "SELECT 1 " + ours) == null);
            }
            return found;
        }
    }

    @Test
    void recoversFromASessionThatEndsAfterAnyStatement() throws Exception {
        new Migrations(source()).up();
        learn(Migrations.changelog("steps"));
        cutAtEveryStatement(true);
        assertEnded("SELECT pg_try_advisory_lock.*", 1);
        assertEnded("(CREATE|ALTER|INSERT INTO steps|DROP).*", 6);
        assertEnded("INSERT INTO .*databasechangelog .*", 3);
        assertEnded("nothing, before COMMIT", 3);
        ended.clear();
        cutAtEveryStatement(false);
        assertEnded("(ALTER|DROP).*", 4);
        assertEnded("DELETE FROM .*databasechangelog.*", 3);
        assertEnded("nothing, before COMMIT", 3);
    }

    @Test
    void theShippedMigrationsRecoverFromASessionThatEnds() throws Exception {
        learn(Migrations.PACKED);
        assertThat(cutNowAndThen(true)).isGreaterThan(10);
        new Migrations(source()).up();
        assertThat(Sql.one(source(), "SELECT locked FROM databasechangeloglock"))
                .isEqualTo("f");
        Sql.addJobs(source(), 50);
        String rows = Sql.digest(source());
        assertThat(cutNowAndThen(false)).isGreaterThan(10);
        new Migrations(source()).up();
        assertThat(SchemaExpectation.packed().compare(Sql.snapshot(source())).differences())
                .isEmpty();
        assertThat(Sql.digest(source())).isEqualTo(rows);
    }

    private void assertEnded(String after, int times) {
        assertThat(ended).filteredOn(sql -> sql.matches("(?s)" + after)).hasSizeGreaterThanOrEqualTo(times);
    }

    /**
     * Applies the changesets one by one and rolls them back one by one, undisturbed, and keeps the catalog of each
     * step.
     */
    private void learn(Changelog of) throws Exception {
        changelog = of;
        up.add(Sql.snapshot(source()).facts());
        new Migrations(source()).run(of, liquibase -> {
            for (int i = 0; i < of.changesets().size(); i++) {
                liquibase.update(1, "");
                up.add(Sql.snapshot(source()).facts());
            }
            down.addAll(up);
            for (int i = of.changesets().size() - 1; i >= 0; i--) {
                liquibase.rollback(1, "");
                down.set(i, Sql.snapshot(source()).facts());
            }
        });
        now = Sql.snapshot(source());
    }

    /**
     * Ends sessions after one, two, three statements and so on until a changeset is complete, then continues with the
     * next.
     */
    private void cutAtEveryStatement(boolean up) throws Exception {
        int statements = 0;
        int before = applied();
        while (applied() != (up ? changelog.changesets().size() : 0)) {
            // The last statement was already one that runs before the first changeset.
            statements = applied() == before ? statements + 1 : Math.max(1, statements - 8);
            before = applied();
            cut(new Fuse(statements, true), up);
        }
    }

    /**
     * Ends sessions after one to twenty-nine statements and commits of changesets, so that each kind is sometimes the last
     * one.
     */
    private int cutNowAndThen(boolean up) throws Exception {
        int cuts = 0;
        for (int run = 0; applied() != (up ? changelog.changesets().size() : 0); run++) {
            cuts += cut(new Fuse(run * 12 % 29 + 1, false), up) ? 1 : 0;
        }
        return cuts;
    }

    private boolean cut(Fuse fuse, boolean up) throws Exception {
        int before = applied();
        try {
            migrate(Tapped.source(source(), fuse), up);
        } catch (Exception e) {
            assertThat(fuse.blown).as("%s", Diagnosis.of(e, new Cures(""))).isTrue();
        }
        now = Sql.snapshot(source());
        assertThat(up ? applied() >= before : applied() <= before).isTrue();
        assertThat(now.facts()).as("after %d changesets", applied()).isIn(allowed(applied(), up));
        return fuse.blown;
    }

    /**
     * A changeset in a transaction exists with its row or not at all; an index may exist before its row, or be gone.
     */
    private Set<List<CatalogFact>> allowed(int applied, boolean upwards) {
        List<List<CatalogFact>> whole = upwards ? up : down;
        int next = upwards ? applied : applied - 1;
        boolean mayStandAlone = next >= 0
                && next < changelog.changesets().size()
                && isIndex(changelog.changesets().get(next));
        return mayStandAlone
                ? Set.of(whole.get(applied), whole.get(upwards ? applied + 1 : applied - 1))
                : Set.of(whole.get(applied));
    }

    private static boolean isIndex(Changeset changeset) {
        return changeset.id().matches(".*-(idx-|uq-|index).*");
    }

    private void migrate(DataSource work, boolean up) throws Exception {
        int all = changelog.changesets().size();
        try (MigrationSession session = MigrationSession.open(work, source(), Duration.ofSeconds(20), line -> {})) {
            session.run(
                    changelog.root(),
                    liquibase -> {
                        if (up) {
                            liquibase.update("");
                        } else {
                            liquibase.rollback(all, "");
                        }
                    },
                    new ChangeReport(line -> {}));
        }
    }

    private int applied() {
        List<String> ours = changelog.changesets().stream().map(Changeset::id).toList();
        return (int) now.applied().stream()
                .filter(changeset -> ours.contains(changeset.id()))
                .count();
    }

    private DataSource source() {
        return database.dataSource();
    }
}
