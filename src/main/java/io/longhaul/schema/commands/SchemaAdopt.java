package io.longhaul.schema.commands;

import io.longhaul.schema.Changeset;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Contradictions;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Queries;
import io.longhaul.schema.Renumbered;
import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.Owners;
import io.longhaul.schema.migrate.ChangeReport;
import io.longhaul.schema.migrate.ChangelogFingerprint;
import io.longhaul.schema.migrate.MigrationSession;
import io.longhaul.schema.migrate.Migrator;
import io.longhaul.schema.watch.Adoption;
import io.longhaul.schema.watch.SchemaExpectation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import liquibase.Contexts;
import liquibase.LabelExpression;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/**
 * {@code schema adopt}: makes the changelog match tables that were made by other means: by a person, by the
 * predecessor's migrations, or under a changelog that was edited by hand. Works only if the tables equal those of some
 * changesets; changes no table.
 */
final class SchemaAdopt extends SchemaCommand.Action {
    SchemaAdopt(SchemaExpectation expectation) {
        super("adopt", expectation);
    }

    @Override
    boolean changes() {
        return true;
    }

    @Override
    void configure(Subparser adopt) {
        adopt.description(
                "Makes the changelog match the tables: records changesets that were made by other means, and removes records of changesets that were never made. Exits 1 and prints the statements to be run first if the schema is not what some changesets make. Tables of others, and what schema verify calls BENIGN, stay as they are.");
        adopt.addArgument("--level").type(Integer.class).help("the level it is to equal (the nearest if omitted)");
    }

    @Override
    void run(Namespace arguments, CommandDatabase database) throws Exception {
        try (MigrationSession session =
                MigrationSession.open(database.work(), database.side(), Migrator.PATIENCE, CommandConsole::progress)) {
            int renamed = Renumbered.rename(session.connection());
            if (renamed > 0) {
                CommandConsole.progress(
                        "Renumbered " + CommandConsole.count(renamed, "changeset") + " in the changelog.");
            }
            CatalogSnapshot snapshot = session.look(() -> CatalogSnapshot.read(session.connection()));
            DbActions.requireNothingNewer(snapshot);
            Adoption adoption = Adoption.of(expectation, snapshot, arguments.getInt("level"));
            Cures cures = Cures.of(arguments);
            refuseDifferences(adoption, cures);
            refuseOthersOwning(session.connection(), adoption, snapshot, cures);
            refuseContradictions(session.connection(), adoption, cures);
            correct(session, adoption);
            say(adoption, cures);
        }
    }

    private static void refuseDifferences(Adoption adoption, Cures cures) throws CommandFailure {
        List<Difference> wrong = adoption.wrong();
        if (wrong.isEmpty()) {
            return;
        }
        for (Difference difference : wrong) {
            CommandConsole.result("  " + difference.line());
            difference.repair().lines().forEach(line -> CommandConsole.result("      " + line));
        }
        throw new CommandFailure("the schema differs from " + adoption.name() + ", the nearest, in "
                + CommandConsole.count(wrong.size(), "point")
                + "; nothing was recorded. Run the statements above, or let another application's things be and"
                + " give Longhaul a schema of its own (?currentSchema= in DATABASE_URL); then again: "
                + cures.adopt());
    }

    /**
     * Migrating further requires owning the tables. If nothing is left to migrate, the statements are only printed, for
     * a later rollback.
     */
    private void refuseOthersOwning(Connection connection, Adoption adoption, CatalogSnapshot snapshot, Cures cures)
            throws SQLException, CommandFailure {
        List<CatalogFact> ours = snapshot.facts().stream()
                .filter(fact -> expectation.facts(expectation.level()).stream()
                        .anyMatch(wanted -> wanted.key().equals(fact.key())))
                .toList();
        List<String> statements = Owners.handOver(connection, ours);
        if (statements.isEmpty()) {
            return;
        }
        statements.forEach(statement -> CommandConsole.result("      " + statement));
        if (!isLeftToMigrate(adoption)) {
            CommandConsole.progress(
                    "The tables belong to another role, and only their owner can roll them back or migrate"
                            + " them later: run the statements above as a superuser, if this role is to.");
        } else {
            throw new CommandFailure(
                    "the tables belong to another role, and only their owner can migrate them; nothing was recorded."
                            + " Run the statements above as a superuser, then again: " + cures.adopt());
        }
    }

    private void refuseContradictions(Connection connection, Adoption adoption, Cures cures)
            throws SQLException, CommandFailure {
        List<String> statements =
                adoption.made() > 0 && isLeftToMigrate(adoption) ? Contradictions.repairs(connection) : List.of();
        if (!statements.isEmpty()) {
            statements.forEach(statement -> CommandConsole.result("      " + statement));
            throw new CommandFailure(
                    "jobs that have not ended have a time of their end, and no migration can write them;"
                            + " nothing was recorded. Run the statement above as owner of the table, then again: "
                            + cures.adopt());
        }
    }

    private boolean isLeftToMigrate(Adoption adoption) {
        return adoption.made() < expectation.changelog().changesets().size();
    }

    /** Records everything again from the first mismatch on, because rollbacks follow the order of the records. */
    private void correct(MigrationSession session, Adoption adoption) throws Exception {
        int from = adoption.firstMismatch();
        if (Queries.hasTable(session.connection(), "databasechangelog")) {
            forget(session.connection(), from);
        }
        String root = expectation.changelog().root();
        ChangeReport silent = new ChangeReport(line -> {});
        boolean all = !isLeftToMigrate(adoption);
        if (all && from < adoption.made()) {
            // All at once: Liquibase reads its whole changelog each time.
            session.run(root, liquibase -> liquibase.changeLogSync(""), silent);
        }
        for (int i = from; i < adoption.made() && !all; i++) {
            session.run(
                    root, liquibase -> liquibase.markNextChangeSetRan(new Contexts(), new LabelExpression()), silent);
        }
        if (Queries.hasTable(session.connection(), "databasechangelog")) {
            ChangelogFingerprint.write(session.connection(), expectation.changelog());
        }
    }

    private void forget(Connection connection, int from) throws SQLException {
        List<Changeset> all = expectation.changelog().changesets();
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM databasechangelog WHERE id = ? AND author = ?")) {
            for (Changeset changeset : all.subList(from, all.size())) {
                statement.setString(1, changeset.id());
                statement.setString(2, changeset.author());
                statement.executeUpdate();
            }
        }
    }

    private void say(Adoption adoption, Cures cures) {
        adoption.left()
                .forEach(difference -> CommandConsole.progress(
                        "left as it is: " + difference.subject() + " (" + difference.found() + ")"));
        String done = adoption.unrecorded() + adoption.neverMade() == 0
                ? "Nothing to adopt: the schema is recorded as " + adoption.name() + " already."
                : "Adopted as " + adoption.name() + ": " + changed(adoption) + "; no table was touched.";
        String next = isLeftToMigrate(adoption) ? " Next: " + cures.migrate() : "";
        CommandConsole.progress(done + next);
    }

    private static String changed(Adoption adoption) {
        String recorded = CommandConsole.count(adoption.unrecorded(), "changeset") + " recorded as applied";
        String struck = CommandConsole.count(adoption.neverMade(), "changeset") + " removed that were never made";
        if (adoption.neverMade() == 0) {
            return recorded;
        }
        return adoption.unrecorded() == 0 ? struck : recorded + ", " + struck;
    }
}
