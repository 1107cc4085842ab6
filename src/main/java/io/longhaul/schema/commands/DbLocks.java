package io.longhaul.schema.commands;

import io.longhaul.schema.Queries;
import io.longhaul.schema.migrate.MigrationLock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code db locks}: shows who migrates, or ends that session and frees Liquibase's own lock. */
final class DbLocks implements DbActions.Body {
    static final String NAME = "locks";

    private DbLocks() {}

    /** Whether it says what to do. */
    static boolean isUnclear(Namespace arguments) {
        return arguments.getBoolean("list").equals(arguments.getBoolean("release"));
    }

    static DbActions.Action action() {
        return new DbActions.Action(
                NAME, "Shows or ends the running migration.", DbLocks::configure, true, new DbLocks());
    }

    @Override
    public void run(Namespace arguments, CommandDatabase database) throws Exception {
        try (Connection connection = database.connect()) {
            if (arguments.getBoolean("list")) {
                list(connection);
            } else {
                release(connection);
            }
        }
    }

    private static void list(Connection connection) throws SQLException {
        Optional<String> holder = MigrationLock.holder(connection);
        CommandConsole.result(
                holder.map(words -> "A migration is running: " + words).orElse("No migration is running."));
        if (Queries.hasTable(connection, "databasechangeloglock")) {
            listRows(connection);
        }
    }

    private static void listRows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                SELECT lockedby, lockgranted
                FROM databasechangeloglock
                WHERE locked
                """)) {
            while (row.next()) {
                CommandConsole.result("Liquibase's lock is taken by " + row.getString(1) + " since " + row.getString(2)
                        + "; the next db migrate releases it if that one is gone.");
            }
        }
    }

    private static void release(Connection connection) throws SQLException {
        boolean ended = MigrationLock.endHolder(connection);
        CommandConsole.progress(ended ? "Ended the running migration." : "No migration was running.");
        if (Queries.hasTable(connection, "databasechangeloglock")) {
            Queries.execute(
                    connection,
                    "UPDATE databasechangeloglock SET locked = FALSE, lockgranted = NULL, lockedby = NULL WHERE locked");
        }
    }

    private static void configure(Subparser parser) {
        parser.addArgument("file").nargs("?").help("application configuration file");
        parser.addArgument("-l", "--list")
                .dest("list")
                .action(Arguments.storeTrue())
                .help("show who migrates");
        parser.addArgument("-r", "--force-release")
                .dest("release")
                .action(Arguments.storeTrue())
                .help("end that session and free the lock");
    }
}
