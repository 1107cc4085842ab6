package io.longhaul.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import liquibase.Contexts;
import liquibase.LabelExpression;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/**
 * {@code schema adopt}: records changesets as applied on a schema that something else made, such as a person or the
 * predecessor's migrations. Only if it is what those changesets make; no table is touched.
 */
final class SchemaAdopt implements SchemaAction {
    /** Things of others that may stand beside ours. */
    private static final Set<Fact.Kind> OF_OTHERS = EnumSet.of(
            Fact.Kind.TABLE,
            Fact.Kind.FUNCTION,
            Fact.Kind.SEQUENCE,
            Fact.Kind.ENUM,
            Fact.Kind.DOMAIN,
            Fact.Kind.NAMESAKE,
            Fact.Kind.PUBLISHED);

    private final SchemaExpectation expectation;

    SchemaAdopt(SchemaExpectation expectation) {
        this.expectation = expectation;
    }

    @Override
    public String name() {
        return "adopt";
    }

    @Override
    public boolean changes() {
        return true;
    }

    @Override
    public void configure(Subparser adopt) {
        adopt.description(
                "Records a schema that was made by other means as migrated, if it equals what the changesets of a level make. Exits 1 and says what differs if it does not.");
        adopt.addArgument("--level")
                .type(Integer.class)
                .help("the level it is to equal (the one it equals if omitted)");
    }

    @Override
    public void run(Namespace arguments, CommandDatabase database) throws Exception {
        try (MigrationSession session =
                MigrationSession.open(database.work(), database.side(), Migrator.PATIENCE, CommandConsole::progress)) {
            CatalogSnapshot snapshot = CatalogSnapshot.read(session.connection());
            int level = nearest(snapshot, arguments.getInt("level"));
            refuseDifferences(snapshot, level);
            long missing = missing(snapshot, level);
            record(session, missing);
            say(arguments, level, missing);
        }
    }

    /** The level with the fewest differences; the highest of them if there are several. */
    private int nearest(CatalogSnapshot snapshot, Integer wanted) {
        return IntStream.rangeClosed(1, expectation.level())
                .filter(level -> wanted == null || level == wanted)
                .boxed()
                .min(Comparator.comparing(
                                (Integer level) -> differences(snapshot, level).size())
                        .thenComparing(Comparator.reverseOrder()))
                .orElse(expectation.level());
    }

    private List<Difference> differences(CatalogSnapshot snapshot, int level) {
        return SchemaDiff.between(expectation.facts(level), snapshot.facts(), false).stream()
                .filter(difference -> !isOfOthers(difference))
                .toList();
    }

    private static boolean isOfOthers(Difference difference) {
        return difference.expected().equals(Difference.NOTHING)
                && OF_OTHERS.contains(difference.fact().kind());
    }

    private void refuseDifferences(CatalogSnapshot snapshot, int level) throws CommandFailure {
        List<Difference> differences = differences(snapshot, level);
        if (differences.isEmpty()) {
            return;
        }
        for (Difference difference : differences) {
            CommandConsole.result("  " + difference.line());
            CommandConsole.result("      " + difference.repair());
        }
        throw new CommandFailure(
                CommandFailure.FAILED,
                "the schema differs from level " + level + ", the nearest, in " + differences.size()
                        + (differences.size() == 1 ? " point" : " points")
                        + "; nothing was recorded. Repair it and adopt again.");
    }

    private long missing(CatalogSnapshot snapshot, int level) {
        List<String> pending = expectation.compare(snapshot).pending();
        return expectation.changelog().changesets().stream()
                .filter(changeset -> changeset.level() <= level && pending.contains(changeset.id()))
                .count();
    }

    private void record(MigrationSession session, long missing) throws Exception {
        ChangeReport silent = new ChangeReport(line -> {});
        for (long i = 0; i < missing; i++) {
            session.run(
                    expectation.changelog().root(),
                    liquibase -> liquibase.markNextChangeSetRan(new Contexts(), new LabelExpression()),
                    silent);
        }
        mark(session.connection());
    }

    private void mark(Connection connection) throws SQLException {
        if (DbMigrate.exists(connection, "databasechangelog")) {
            ChangelogMark.write(connection, expectation.changelog());
        }
    }

    private void say(Namespace arguments, int level, long missing) {
        String done = missing == 0
                ? "Nothing to adopt: the schema is recorded as level " + level + " already."
                : "Adopted as level " + level + ": " + missing + (missing == 1 ? " changeset" : " changesets")
                        + " recorded as applied; no table was touched.";
        String next = level < expectation.level()
                ? " Next: " + DatabaseCommand.cures(arguments).migrate()
                : "";
        CommandConsole.progress(done + next);
    }
}
