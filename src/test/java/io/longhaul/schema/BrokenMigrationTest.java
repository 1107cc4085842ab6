package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.longhaul.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** A migrator whose session ends in the middle, at each of its statements: the next one brings it to the same end. */
@Timeout(120)
class BrokenMigrationTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    private static final Logger LIQUIBASE = (Logger) LoggerFactory.getLogger("liquibase");

    /** It logs a page for each cut. */
    @BeforeAll
    static void quiet() {
        LIQUIBASE.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LIQUIBASE.setLevel(null);
    }

    /** Ends the session after so many statements that change something of ours. */
    private final class Fuse implements Tapped.Tap {
        private int left;
        private boolean blown;

        Fuse(int statements) {
            this.left = statements;
        }

        @Override
        public void executed(String sql) {
            boolean ours = !sql.toLowerCase(java.util.Locale.ROOT).contains("databasechangelog")
                    && sql.stripLeading().matches("(?s)(DO|CREATE|ALTER|DROP)\\b.*")
                    && !sql.contains("client_connection_check_interval");
            if (ours && --left == 0) {
                blown = true;
                Sql.one(
                        database.dataSource(),
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'longhaul-migrate' AND datname = current_database() AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')");
            }
        }
    }

    @Test
    void aMigrationThatIsCutOffAtEachStatementEndsAsAnyOther() throws Exception {
        int cuts = runUntilDone(true);
        assertThat(cuts).isGreaterThanOrEqualTo(Migrations.PACKED.changesets().size());
        assertThat(differences()).isZero();
        assertThat(Sql.one(database.dataSource(), "SELECT locked FROM databasechangeloglock"))
                .isEqualTo("f");
        new Migrations(database.dataSource())
                .down(Migrations.PACKED.changesets().size());
        assertThat(Sql.snapshot(database.dataSource()).facts()).isEmpty();
    }

    @Test
    void aRollbackThatIsCutOffAtEachStatementLosesNoRow() throws Exception {
        DataSource source = database.dataSource();
        new Migrations(source).up();
        Sql.addJobs(source, 50);
        String rows = Sql.digest(source);
        runUntilDone(false);
        assertThat(Sql.snapshot(source).facts()).isEmpty();
        new Migrations(source).up();
        assertThat(differences()).isZero();
        assertThat(Sql.digest(source)).isEqualTo(rows);
    }

    /** One, two and then three statements until the cut, so that each of them is the last one once. */
    private int runUntilDone(boolean up) throws Exception {
        AtomicInteger cuts = new AtomicInteger();
        for (int run = 0; remaining(up) > 0; run++) {
            Fuse fuse = new Fuse(run % 3 + 1);
            try {
                migrate(Tapped.source(database.dataSource(), fuse), up);
            } catch (Exception e) {
                assertThat(fuse.blown).as("%s", e).isTrue();
                cuts.incrementAndGet();
            }
        }
        return cuts.get();
    }

    private void migrate(DataSource work, boolean up) throws Exception {
        int all = Migrations.PACKED.changesets().size();
        try (MigrationSession session =
                MigrationSession.open(work, database.dataSource(), Duration.ofSeconds(20), line -> {})) {
            session.run(
                    Migrations.PACKED.root(),
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

    private int remaining(boolean up) throws SQLException {
        CatalogSnapshot snapshot = Sql.snapshot(database.dataSource());
        return up
                ? SchemaExpectation.packed().compare(snapshot).pending().size()
                : snapshot.applied().size();
    }

    private int differences() {
        return SchemaExpectation.packed()
                .compare(Sql.snapshot(database.dataSource()))
                .differences()
                .size();
    }
}
