package io.longhaul.schema;

import io.dropwizard.core.Configuration;
import io.dropwizard.db.DatabaseConfiguration;
import java.sql.Connection;
import java.util.List;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/**
 * {@code schema verify}: compares the live catalog with what this jar's migrations make.
 *
 * <p>Exits 0 if both are the same, 1 if anything differs, 2 if it cannot tell: no server, no permission, no
 * configuration. It changes nothing and needs no right but SELECT on {@code databasechangelog}.
 *
 * @param <T> the configuration
 */
public final class SchemaCommand<T extends Configuration> extends DatabaseCommand<T> {
    /**
     * The command, to be added to the bootstrap.
     *
     * @param configurationClass the configuration's class
     * @param database where the database is, in a configuration
     */
    public SchemaCommand(Class<T> configurationClass, DatabaseConfiguration<T> database) {
        super("schema", "Compares the database schema with what this release makes.", configurationClass, database);
    }

    @Override
    public void configure(Subparser parser) {
        Subparser verify = parser.addSubparsers()
                .addParser("verify")
                .description(
                        "Prints each difference and the statement that would repair it. Exits 0 if there is none, 1 if there is, 2 if it cannot tell.");
        verify.addArgument("file").nargs("?").help("application configuration file");
        verify.addArgument("--level")
                .type(Integer.class)
                .help("the schema level to compare with (this release's if omitted)");
        verify.addArgument("--compatible")
                .action(Arguments.storeTrue())
                .help("ask only whether this release could serve on it");
        verify.addArgument("--json").action(Arguments.storeTrue()).help("print JSON");
        verify.addArgument("-v", "--verbose").action(Arguments.storeTrue()).help("show warnings and stack traces");
    }

    @Override
    void check(Namespace arguments, T configuration) throws CommandFailure {
        Integer level = arguments.getInt("level");
        int most = Changelog.packed().level();
        if (level != null && (level < 0 || level > most)) {
            throw new CommandFailure(
                    CommandFailure.CANNOT_TELL, "this release knows the levels 0 to " + most + ", not " + level + ".");
        }
    }

    @Override
    void run(Namespace arguments, CommandDatabase database) throws Exception {
        SchemaExpectation expectation = SchemaExpectation.packed();
        try (Connection connection = database.connect()) {
            CatalogSnapshot snapshot = CatalogSnapshot.read(connection);
            SchemaState state = new SchemaVerdict(expectation, cures(arguments)).of(snapshot);
            SchemaFinding finding = strictly(expectation, snapshot, arguments.getInt("level"));
            SchemaReport report = new SchemaReport(snapshot.schema(), finding, state);
            CommandConsole.result(arguments.getBoolean("json") ? report.json() : report.text());
            boolean good = arguments.getBoolean("compatible")
                    ? state.ready()
                    : finding.differences().isEmpty();
            if (!good) {
                throw new CommandFailure(CommandFailure.FAILED, "");
            }
        }
    }

    @Override
    int failureCode(Namespace arguments) {
        return CommandFailure.CANNOT_TELL;
    }

    /** Whatever a server may tolerate: every line that differs is drift. */
    private static SchemaFinding strictly(SchemaExpectation expectation, CatalogSnapshot snapshot, Integer level) {
        SchemaFinding found = expectation.compare(snapshot);
        List<Fact> facts = expectation.facts(level == null ? expectation.level() : level);
        List<Difference> differences =
                SchemaDiff.between(facts, snapshot.facts(), !found.unknown().isEmpty());
        return new SchemaFinding(
                level == null ? found.expectedLevel() : level,
                found.foundLevel(),
                found.pending(),
                found.unknown(),
                differences);
    }
}
