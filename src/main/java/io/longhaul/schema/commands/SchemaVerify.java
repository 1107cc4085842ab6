package io.longhaul.schema.commands;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.ServerTraits;
import io.longhaul.schema.SqlStates;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.migrate.MigrationLock;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.schema.watch.SchemaFinding;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.schema.watch.SchemaVerdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code schema verify}: exits 0 if the schema is what this release makes, 1 if anything differs. */
final class SchemaVerify extends SchemaCommand.Action {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private record Look(SchemaReport report, boolean good) {}

    SchemaVerify(SchemaExpectation expectation) {
        super("verify", expectation);
    }

    @Override
    void configure(Subparser verify) {
        verify.description(
                "Prints each difference and the statement that would repair it. Exits 0 if there is none, or only BENIGN ones, 1 if there are others or changesets are pending, 2 if it cannot tell.");
        verify.addArgument("--level")
                .type(Integer.class)
                .help("the schema level to compare with (this release's if omitted)");
        verify.addArgument("--compatible")
                .action(Arguments.storeTrue())
                .help("ask only whether this release could serve on it");
        verify.addArgument("--strict")
                .action(Arguments.storeTrue())
                .help("exit 1 for any difference, BENIGN ones included");
        verify.addArgument("--json").action(Arguments.storeTrue()).help("print JSON");
        verify.addArgument("--role").help("look at the grants of this role (the connection's own if omitted)");
        verify.addArgument("--wait")
                .type(Integer.class)
                .setDefault(0)
                .metavar("SECONDS")
                .help("how long to wait for the server to answer and the schema to become right");
    }

    @Override
    void run(Namespace arguments, CommandDatabase database) throws Exception {
        Look look = lookUntilGood(arguments, database);
        if (arguments.getBoolean("json")) {
            CommandConsole.json(look.report().json());
        } else {
            CommandConsole.result(look.report().text());
        }
        if (!look.good()) {
            throw new CommandFailure("");
        }
    }

    private Look lookUntilGood(Namespace arguments, CommandDatabase database) throws Exception {
        long deadline =
                System.nanoTime() + Duration.ofSeconds(arguments.getInt("wait")).toNanos();
        while (true) {
            boolean last = System.nanoTime() - deadline >= 0;
            try {
                Look look = look(arguments, database);
                if (look.good() || last) {
                    return look;
                }
            } catch (SQLException e) {
                if (last || !SqlStates.connectionLost(e)) {
                    throw e;
                }
            }
            MigrationLock.pause(LOOK_EVERY);
        }
    }

    private Look look(Namespace arguments, CommandDatabase database) throws SQLException, CommandFailure {
        String role = arguments.getString("role") == null ? "" : arguments.getString("role");
        try (Connection connection = database.connectAsItIs()) {
            Cures cures = Cures.of(arguments);
            checkThereIs(role, connection, cures);
            CatalogSnapshot snapshot = CatalogSnapshot.read(connection, role);
            Integer level = arguments.getInt("level");
            SchemaVerdict verdict = new SchemaVerdict(expectation, level == null ? cures.asBesideRepairs() : cures);
            Optional<SchemaState> unfit = verdict.of(ServerTraits.read(connection));
            SchemaState state = unfit.isPresent() ? unfit.get() : verdict.of(snapshot);
            SchemaFinding finding = strictly(snapshot, level);
            boolean unfitForAny = unfit.isPresent() && state.status() == SchemaState.Status.INCOMPATIBLE;
            if (unfitForAny || snapshot.path().problem().isPresent()) {
                return new Look(new SchemaReport(snapshot.schema(), finding.uncompared(), state), false);
            }
            boolean good = arguments.getBoolean("compatible")
                    ? state.ready()
                    : unfit.isEmpty()
                            && (level != null || state.ready())
                            && isGood(finding, arguments.getBoolean("strict"), level == null);
            return new Look(new SchemaReport(snapshot.schema(), finding, state), good);
        }
    }

    private static void checkThereIs(String role, Connection connection, Cures cures)
            throws SQLException, CommandFailure {
        try (PreparedStatement roles = connection.prepareStatement("SELECT FROM pg_roles WHERE rolname = ?")) {
            roles.setString(1, role);
            if (!role.isEmpty() && !roles.executeQuery().next()) {
                throw CommandFailure.cannotTell("There is no role \"" + role
                        + "\" on this server. Name one that `psql -c '\\du'` lists, or make those that `"
                        + cures.roles()
                        + "` prints.");
            }
        }
    }

    /** BENIGN differences do not count; a changeset that is not applied does, whatever it makes. */
    private static boolean isGood(SchemaFinding finding, boolean strict, boolean pendingCounts) {
        boolean none = strict ? finding.differences().isEmpty() : finding.isBenign();
        return none && !(pendingCounts && !finding.pending().isEmpty());
    }

    /** Compares with a whole level, even if a server would accept an older one. */
    private SchemaFinding strictly(CatalogSnapshot snapshot, Integer level) {
        SchemaFinding found = expectation.compare(snapshot);
        int wanted = level == null ? expectation.level() : level;
        List<Difference> differences = expectation.differences(snapshot, wanted);
        return new SchemaFinding(wanted, found.foundLevel(), found.pending(), found.unknown(), differences);
    }
}
