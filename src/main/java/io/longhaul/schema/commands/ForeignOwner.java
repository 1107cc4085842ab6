package io.longhaul.schema.commands;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.catalog.Owners;
import io.longhaul.schema.watch.SchemaExpectation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import net.sourceforge.argparse4j.inf.Namespace;

/** Explains a right that is missing because the tables belong to another role, as after a restore by a superuser. */
final class ForeignOwner {
    private ForeignOwner() {}

    /**
     * Prints the statements that hand the tables over; does nothing if they are this role's own.
     *
     * @throws CommandFailure with the same cause and this cure
     */
    static void explain(Exception error, CommandDatabase database, Namespace arguments, int failureCode)
            throws CommandFailure {
        List<String> statements;
        try (Connection connection = database.connect()) {
            SchemaExpectation expectation = SchemaExpectation.packed();
            statements = Owners.handOver(connection, expectation.facts(expectation.level()));
        } catch (SQLException e) {
            error.addSuppressed(e);
            return;
        }
        if (!statements.isEmpty()) {
            statements.forEach(statement -> CommandConsole.result("      " + statement));
            throw new CommandFailure(
                    failureCode,
                    Diagnosis.of(error, Cures.of(arguments)).cause()
                            + ": the tables belong to another role, and only their owner can change them. Run the command"
                            + " as that role (DATABASE_MIGRATION_USER). If this role is to own them, run the statements above as a"
                            + " superuser, then the command again.",
                    error);
        }
    }
}
