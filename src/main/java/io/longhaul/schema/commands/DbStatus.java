package io.longhaul.schema.commands;

import io.longhaul.schema.Changeset;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.migrate.MigrationLock;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.schema.watch.SchemaFinding;
import java.sql.Connection;
import java.util.List;
import java.util.function.Consumer;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/**
 * {@code db status}: lists applied and pending changesets without creating or locking anything. Exits 1 if something is
 * pending, so that scripts can use it.
 */
final class DbStatus implements DbActions.Body {
    static final String NAME = "status";

    private DbStatus() {}

    static DbActions.Action action() {
        return new DbActions.Action(
                NAME,
                "Lists applied and pending change sets; exits 1 if some are pending.",
                DbStatus::configure,
                false,
                new DbStatus());
    }

    @Override
    public void run(Namespace arguments, CommandDatabase database) throws Exception {
        try (Connection connection = database.connect()) {
            CatalogSnapshot snapshot = CatalogSnapshot.read(connection);
            SchemaExpectation expectation = SchemaExpectation.packed();
            SchemaFinding finding = expectation.compare(snapshot);
            print(snapshot, finding, CommandConsole::result);
            MigrationLock.holder(connection)
                    .ifPresent(holder -> CommandConsole.result("A migration is running: " + holder));
            if (!finding.pending().isEmpty()) {
                throw new CommandFailure("");
            }
        }
    }

    static void print(CatalogSnapshot snapshot, SchemaFinding finding, Consumer<String> out) {
        List<String> pending = finding.pending();
        String verdict = pending.isEmpty() ? "up to date" : pending.size() + " pending";
        out.accept("Schema " + snapshot.schema() + " is at " + finding.levels() + ": " + verdict + ".");
        for (Changeset applied : snapshot.applied()) {
            boolean unknown = finding.unknown().contains(applied.id());
            out.accept("  applied  " + applied.id() + (unknown ? "  (unknown to this release)" : ""));
        }
        pending.forEach(id -> out.accept("  pending  " + id));
    }

    private static void configure(Subparser parser) {
        parser.addArgument("file").nargs("?").help("application configuration file");
    }
}
