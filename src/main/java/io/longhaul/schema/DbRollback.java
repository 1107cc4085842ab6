package io.longhaul.schema;

import java.util.Objects;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.Namespace;

/** {@code db rollback}: undoes changesets, newest first. Rows of a table that has to go are moved, not dropped. */
final class DbRollback implements DbAction.Body {
    private final Changelog changelog;
    private final DbActions.Work work;

    DbRollback(Changelog changelog, DbActions.Work work) {
        this.changelog = changelog;
        this.work = work;
    }

    @Override
    public void run(Namespace arguments, CommandDatabase database) throws Exception {
        requireOneTarget(arguments);
        if (Boolean.TRUE.equals(arguments.getBoolean("dry-run"))) {
            DbActions.withoutLock(arguments, database, changelog, work);
            return;
        }
        ChangeReport changes = new ChangeReport(CommandConsole::progress);
        try (MigrationSession session = DbActions.session(arguments, database)) {
            String before = DbMigrate.archive(session.connection());
            session.run(changelog.root(), liquibase -> work.run(arguments, liquibase), changes);
            String after = DbMigrate.archive(session.connection());
            CommandConsole.progress(
                    "Rolled back " + changes.changes() + (changes.changes() == 1 ? " changeset." : " changesets."));
            if (after != null && before == null) {
                CommandConsole.progress(
                        "The rows of jobs are kept in " + after + ".jobs; db migrate brings them back.");
            }
        }
    }

    private static void requireOneTarget(Namespace arguments) throws CommandFailure {
        long targets = Stream.of(arguments.get("tag"), arguments.get("count"), arguments.get("date"))
                .filter(Objects::nonNull)
                .count();
        if (targets != 1) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    "say how far to roll back, in one way: -c COUNT, -t TAG or -d DATE; for example "
                            + DatabaseCommand.cures(arguments).command("db rollback -c 1"));
        }
    }
}
