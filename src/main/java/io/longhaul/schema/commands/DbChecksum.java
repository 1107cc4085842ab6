package io.longhaul.schema.commands;

import io.longhaul.schema.Changelog;
import io.longhaul.schema.Changeset;
import io.longhaul.schema.CommandFailure;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code db calculate-checksum}: prints the checksum that Liquibase records for a changeset of this jar. */
final class DbChecksum implements DbActions.Body {
    private final Changelog changelog;

    private DbChecksum(Changelog changelog) {
        this.changelog = changelog;
    }

    static DbActions.Action action(Changelog changelog) {
        return new DbActions.Action(
                "calculate-checksum",
                "Prints the checksum of a change set.",
                DbChecksum::configure,
                false,
                new DbChecksum(changelog));
    }

    @Override
    public void run(Namespace arguments, CommandDatabase database) throws Exception {
        String id = arguments.getString("id");
        Changeset changeset = changelog.changesets().stream()
                .filter(c -> c.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new CommandFailure("there is no changeset " + id + "; db status lists them."));
        DbActions.withoutLock(
                arguments,
                database,
                changelog,
                (ignored, liquibase) -> CommandConsole.result(liquibase
                        .calculateCheckSum(changeset.file(), changeset.id(), changeset.author())
                        .toString()));
    }

    private static void configure(Subparser parser) {
        parser.addArgument("file").help("application configuration file");
        parser.addArgument("id").help("id of the change set, such as 0001-seed");
        parser.addArgument("author").nargs("?").help("its author; not needed, because ids are unique");
    }
}
