package io.longhaul.server;

import io.longhaul.database.SharedConnections;
import io.longhaul.faults.DatabaseFault;
import io.longhaul.ops.Condition;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;

/** Whether the database has connections and room for what this node writes, as its statements have lately found it. */
final class DatabaseCondition {
    private static final String NAME = "database";

    /** The heartbeat writes more often. */
    private static final long RECENT_NANOS = Duration.ofSeconds(15).toNanos();

    private final SharedConnections connections;
    private volatile boolean everFull;
    private volatile long fullAtNanos;

    DatabaseCondition(SharedConnections connections) {
        this.connections = connections;
    }

    /** Sees the failures of statements, and leaves them to another logger, too. */
    SqlLogger seeing(SqlLogger other, Runnable readOnly) {
        return new SqlLogger() {
            @Override
            public void logBeforeExecution(StatementContext context) {
                other.logBeforeExecution(context);
            }

            @Override
            public void logAfterExecution(StatementContext context) {
                other.logAfterExecution(context);
            }

            @Override
            public void logException(StatementContext context, SQLException failure) {
                saw(failure, readOnly);
                other.logException(context, failure);
            }
        };
    }

    private void saw(SQLException failure, Runnable readOnly) {
        DatabaseFault fault = DatabaseFault.of(failure);
        if (fault == DatabaseFault.DISK_FULL) {
            fullAtNanos = System.nanoTime();
            everFull = true;
        } else if (fault == DatabaseFault.READ_ONLY) {
            readOnly.run();
        }
    }

    Condition condition() {
        if (everFull && System.nanoTime() - fullAtNanos < RECENT_NANOS) {
            return Condition.fails(
                    NAME,
                    Condition.DATABASE_FULL,
                    "The disk of the database is full (SQLSTATE 53100), so that it takes no writes.",
                    "Make room on the disk of the database.");
        }
        return connections
                .shortage()
                .map(DatabaseCondition::shortOf)
                .orElseGet(() -> Condition.holds(NAME, "It has connections and room for what this node writes."));
    }

    /** As long as anybody gets one the node goes on: sending its requests to others, which are as short, would not help. */
    private static Condition shortOf(SharedConnections.Shortage shortage) {
        String message = "Connections to the database are short: " + shortage.why() + ". "
                + (shortage.inVain() ? "Somebody waited for one in vain." : "Whoever needs one waits for a turn.");
        return new Condition(
                NAME,
                shortage.served(),
                Condition.CONNECTIONS_SHORT,
                message,
                "Raise max_connections or the role's CONNECTION LIMIT, end sessions of others, or lower"
                        + " database.maxSize; where only a pool is full, raise that.",
                Map.of());
    }
}
