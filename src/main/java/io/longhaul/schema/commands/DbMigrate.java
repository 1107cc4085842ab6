package io.longhaul.schema.commands;

import io.longhaul.schema.Changelog;
import io.longhaul.schema.Queries;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.migrate.ChangeReport;
import io.longhaul.schema.migrate.ChangelogFingerprint;
import io.longhaul.schema.migrate.MigrationSession;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.schema.watch.SchemaFinding;
import java.sql.Connection;
import java.sql.SQLException;
import net.sourceforge.argparse4j.inf.Namespace;

/** {@code db migrate}: applies pending changesets, or prints their SQL on stdout. */
final class DbMigrate implements DbActions.Body {
    private final Changelog changelog;
    private final DbActions.Work work;

    DbMigrate(Changelog changelog, DbActions.Work work) {
        this.changelog = changelog;
        this.work = work;
    }

    @Override
    public void run(Namespace arguments, CommandDatabase database) throws Exception {
        if (DbActions.isSet(arguments, "dry-run")) {
            DbActions.withoutLock(arguments, database, changelog, work);
            return;
        }
        ChangeReport changes = new ChangeReport(CommandConsole::progress);
        try (MigrationSession session = DbActions.session(arguments, database)) {
            session.run(changelog.root(), DbActions.counted(work, arguments, changes), changes);
            ChangelogFingerprint.write(session.connection(), changelog);
            summarize(session, changes.changes());
        }
    }

    private static void summarize(MigrationSession session, int changes) throws Exception {
        Connection connection = session.connection();
        SchemaFinding finding =
                SchemaExpectation.packed().compare(session.look(() -> CatalogSnapshot.read(connection)));
        String done = changes == 0 ? "Nothing to apply" : "Applied " + CommandConsole.count(changes, "changeset");
        CommandConsole.progress(done + "; the schema is at " + finding.levels() + ".");
        String archive = archive(connection);
        if (archive != null) {
            CommandConsole.progress("Rows of an earlier rollback are still in " + archive
                    + ".jobs: its columns are not those of this release, copy them with INSERT ... SELECT.");
        }
    }

    /** The archive schema that holds a jobs table; null if there is none. */
    static String archive(Connection connection) throws SQLException {
        return Queries.first(connection, """
                SELECT current_schema() || '_archive'
                WHERE to_regclass(format('%I.jobs', current_schema() || '_archive')) IS NOT NULL
                """);
    }
}
