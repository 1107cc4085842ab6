package io.longhaul.schema.commands;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.SchemaDiff;
import io.longhaul.schema.watch.SchemaExpectation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/**
 * {@code schema diff}: prints the differences from one level, or from the live schema, to another level, as SQL with
 * remarks.
 */
final class SchemaChanges extends SchemaCommand.Action {
    SchemaChanges(SchemaExpectation expectation) {
        super("diff", expectation);
    }

    @Override
    void configure(Subparser diff) {
        diff.description(
                "Prints what differs between two levels, or between the live schema and a level. Exits 0 if nothing does, 1 if something does, 2 if it cannot tell. What it prints is for reading: db migrate changes schemas.");
        diff.addArgument("--from")
                .type(Integer.class)
                .metavar("LEVEL")
                .help("the level to start from (the live schema if omitted)");
        diff.addArgument("--to")
                .type(Integer.class)
                .metavar("LEVEL")
                .help("the level to arrive at (this release's if omitted)");
    }

    @Override
    boolean needsDatabase(Namespace arguments) {
        return arguments.getInt("from") == null;
    }

    @Override
    void run(Namespace arguments, CommandDatabase database) throws Exception {
        Integer from = arguments.getInt("from");
        int to = arguments.getInt("to") == null ? expectation.level() : arguments.getInt("to");
        List<CatalogFact> found = from == null ? live(database) : expectation.facts(from);
        List<Difference> differences = SchemaDiff.between(expectation.facts(to), found, false);
        String start = from == null ? "the live schema" : "level " + from;
        CommandConsole.result("-- From " + start + " to level " + to + ": " + differences.size() + " differences.");
        for (Difference difference : differences) {
            CommandConsole.result("-- " + difference.line());
            CommandConsole.result(difference.repair());
        }
        if (!differences.isEmpty()) {
            throw new CommandFailure("");
        }
    }

    private static List<CatalogFact> live(CommandDatabase database) throws SQLException, CommandFailure {
        try (Connection connection = database.connect()) {
            return CatalogSnapshot.read(connection).facts();
        }
    }
}
