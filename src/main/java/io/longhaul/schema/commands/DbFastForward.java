package io.longhaul.schema.commands;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Renumbered;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.SearchPath;
import io.longhaul.schema.watch.Adoption;
import io.longhaul.schema.watch.SchemaExpectation;
import java.sql.Connection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import net.sourceforge.argparse4j.inf.Namespace;

/**
 * {@code db fast-forward}: records changesets as applied without running them, if the tables are what they make. A
 * wrong changelog would mislead every later command.
 */
final class DbFastForward implements DbActions.Body {
    private final DbActions.Body work;

    DbFastForward(DbActions.Body work) {
        this.work = work;
    }

    @Override
    public void run(Namespace arguments, CommandDatabase database) throws Exception {
        if (!DbActions.isSet(arguments, "dry-run")) {
            try (Connection connection = database.connectAsItIs()) {
                SearchPath.read(connection).enterToChange(connection);
                Renumbered.refuse(connection, Cures.of(arguments));
                refuseWhatIsNotSo(arguments, CatalogSnapshot.read(connection));
            }
        }
        work.run(arguments, database);
    }

    private static void refuseWhatIsNotSo(Namespace arguments, CatalogSnapshot snapshot) throws CommandFailure {
        SchemaExpectation expectation = SchemaExpectation.packed();
        List<Difference> wrong = Adoption.missingAfter(expectation, snapshot, DbActions.isSet(arguments, "all"));
        if (!wrong.isEmpty()) {
            throw new CommandFailure("the tables are not what this would record: "
                    + wrong.stream()
                            .sorted(Comparator.comparing(
                                    difference -> difference.fact().kind()))
                            .limit(3)
                            .map(Difference::line)
                            .collect(Collectors.joining("; "))
                    + (wrong.size() > 3 ? "; and " + (wrong.size() - 3) + " more" : "")
                    + ". Nothing was recorded. To record what is so: "
                    + Cures.of(arguments).adopt());
        }
    }
}
