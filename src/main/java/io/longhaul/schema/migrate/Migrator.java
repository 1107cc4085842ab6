package io.longhaul.schema.migrate;

import io.longhaul.schema.Changelog;
import io.longhaul.schema.Changeset;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Queries;
import io.longhaul.schema.Renumbered;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Migrates a database to the schema of this jar, from within a program. */
public final class Migrator {
    /** Default time to wait for other migrators and for sessions that hold locks. */
    public static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Changelog changelog;
    private final DataSource source;
    private final Consumer<String> report;
    private final Consumer<String> waits;
    private final Duration patience;
    private final Cures cures;

    /**
     * Migrates with the changelog of this jar.
     *
     * @param source must give two connections at a time; their schema is migrated, and the role must own it
     * @param report receives one line for each thing done or waited for
     */
    public Migrator(DataSource source, Consumer<String> report) {
        this(source, report, report);
    }

    /**
     * Migrates with the changelog of this jar.
     *
     * @param source as above
     * @param report receives one line for each changeset
     * @param waits receives one line for each thing waited for
     */
    public Migrator(DataSource source, Consumer<String> report, Consumer<String> waits) {
        this(Changelog.packed(), source, report, waits, PATIENCE, new Cures(""));
    }

    public Migrator(Changelog changelog, DataSource source, Consumer<String> report, Duration patience) {
        this(changelog, source, report, report, patience, new Cures(""));
    }

    private Migrator(
            Changelog changelog,
            DataSource source,
            Consumer<String> report,
            Consumer<String> waits,
            Duration patience,
            Cures cures) {
        this.cures = cures;
        this.waits = waits;
        this.changelog = changelog;
        this.source = source;
        this.report = report;
        this.patience = patience;
    }

    /** The same, with cures about the operator's configuration file. */
    public Migrator with(Cures given) {
        return new Migrator(changelog, source, report, waits, patience, given);
    }

    /**
     * Applies all pending changesets. Costs a few milliseconds if there are none.
     *
     * @return the number of changesets applied
     * @throws CommandFailure with cause and cure in one line
     */
    public int migrate() throws CommandFailure {
        try {
            return nothingToDo() ? 0 : update();
        } catch (CommandFailure e) {
            throw e;
        } catch (Exception e) {
            throw new CommandFailure(
                    CommandFailure.FAILED, Diagnosis.of(e, cures).text(), e);
        }
    }

    /**
     * Applies the first changesets only, for data of an earlier release.
     *
     * @param count number of changesets that the schema then has
     * @throws CommandFailure with cause and cure in one line; also if the schema has more
     */
    public void migrateTo(int count) throws CommandFailure {
        try (MigrationSession session = MigrationSession.open(source, source, patience, report)) {
            int applied = applied(session.connection());
            if (applied > count) {
                throw new CommandFailure("The schema is newer than the data: name an empty database (DATABASE_URL)");
            }
            if (applied < count) {
                session.run(
                        changelog.root(), liquibase -> liquibase.update(count - applied, ""), new ChangeReport(report));
            }
        } catch (CommandFailure e) {
            throw e;
        } catch (Exception e) {
            throw new CommandFailure(
                    CommandFailure.FAILED, Diagnosis.of(e, cures).text(), e);
        }
    }

    private static int applied(Connection connection) throws SQLException {
        return Queries.hasTable(connection, "databasechangelog")
                ? Integer.parseInt(
                        Queries.first(connection, "SELECT count(*) FROM databasechangelog WHERE " + Changeset.OURS))
                : 0;
    }

    private boolean nothingToDo() throws SQLException {
        try (Connection connection = source.getConnection()) {
            return ChangelogFingerprint.upToDate(connection, changelog);
        }
    }

    private int update() throws Exception {
        ChangeReport changes = new ChangeReport(report);
        try (MigrationSession session = MigrationSession.open(source, source, patience, waits)) {
            Renumbered.refuse(session.connection(), cures);
            session.run(changelog.root(), liquibase -> liquibase.update(""), changes);
            ChangelogFingerprint.write(session.connection(), changelog);
        }
        return changes.changes();
    }
}
