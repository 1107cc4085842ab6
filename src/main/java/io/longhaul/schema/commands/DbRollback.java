package io.longhaul.schema.commands;

import io.longhaul.schema.Changelog;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.ServerMessage;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.migrate.ChangeReport;
import io.longhaul.schema.migrate.MigrationSession;
import io.longhaul.schema.migrate.RollbackArchive;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.Namespace;

/**
 * {@code db rollback}: undoes changesets, newest first. Moves rows that have to go into the archive, unless told to
 * discard them.
 */
final class DbRollback implements DbActions.Body {
    private final Changelog changelog;
    private final DbActions.Work work;

    DbRollback(Changelog changelog, DbActions.Work work) {
        this.changelog = changelog;
        this.work = work;
    }

    @Override
    public void run(Namespace arguments, CommandDatabase database) throws Exception {
        requireOneTarget(arguments);
        if (DbActions.isSet(arguments, "dry-run")) {
            DbActions.withoutLock(arguments, database, changelog, work);
            return;
        }
        try (MigrationSession session = DbActions.session(arguments, database)) {
            DbActions.requireNothingNewer(session.look(() -> CatalogSnapshot.read(session.connection())));
            RollbackArchive archive = new RollbackArchive(session.connection());
            String discard = arguments.getString("discard");
            requireRightName(archive, discard);
            Set<String> before = archive.tables();
            rollBack(session, arguments);
            Set<String> archived = archive.tables();
            archived.removeAll(before);
            tell(session, archive, archived, discard != null);
        }
    }

    private void rollBack(MigrationSession session, Namespace arguments) throws Exception {
        ChangeReport changes = new ChangeReport(CommandConsole::progress);
        session.run(changelog.root(), DbActions.counted(work, arguments, changes), changes);
        CommandConsole.progress("Rolled back " + CommandConsole.count(changes.changes(), "changeset") + ".");
    }

    private static void tell(MigrationSession session, RollbackArchive archive, Set<String> archived, boolean discard)
            throws SQLException, CommandFailure {
        if (discard) {
            discard(archive, archived);
        } else if (archived.contains("jobs")) {
            CommandConsole.progress("The rows of jobs are kept in " + DbMigrate.archive(session.connection())
                    + ".jobs; db migrate brings them back.");
        } else if (!archived.isEmpty()) {
            CommandConsole.progress(
                    "What was in dropped columns and tables is kept in the archive schema; db migrate brings it back.");
        }
    }

    /** The message must not advise to repeat the command: that would roll back further. */
    private static void discard(RollbackArchive archive, Set<String> archived) throws SQLException, CommandFailure {
        try {
            for (String lost : archive.discard(archived)) {
                CommandConsole.progress("Discarded " + lost + ".");
            }
        } catch (SQLException e) {
            throw new CommandFailure("The rollback is done, but nothing was discarded: "
                    + ServerMessage.of(e).text()
                    + ". Do not run it again, which would go further back, but DROP TABLE "
                    + String.join(", ", archive.names(archived)) + ";");
        }
    }

    /** Giving the database's name proves that its rows are meant. */
    private static void requireRightName(RollbackArchive archive, String discard) throws SQLException, CommandFailure {
        if (discard != null && !discard.equals(archive.database())) {
            throw new CommandFailure("--discard loses rows for good and so takes the name of the database, which is "
                    + archive.database() + ", not " + discard + "; nothing was changed.");
        }
    }

    private static void requireOneTarget(Namespace arguments) throws CommandFailure {
        long targets = Stream.of(arguments.get("tag"), arguments.get("count"), arguments.get("date"))
                .filter(Objects::nonNull)
                .count();
        if (targets != 1) {
            throw new CommandFailure("give one target for the rollback: -c COUNT, -t TAG or -d DATE; for example "
                    + Cures.of(arguments).command("db rollback -c 1"));
        }
    }
}
