package io.longhaul.schema.commands;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.db.PooledDataSourceFactory;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.catalog.SearchPath;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The database of one command: one connection to work on, and one to look at it from aside. */
final class CommandDatabase implements AutoCloseable {
    private final ManagedDataSource work;
    private final ManagedDataSource side;
    private final int failureCode;

    /**
     * @param failureCode what the process exits with if the schema cannot be worked in
     * @param factory turned into pools of one connection, on which a statement may run as long as it must
     */
    CommandDatabase(PooledDataSourceFactory factory, int failureCode) {
        this.failureCode = failureCode;
        factory.asSingleConnectionPool();
        this.work = factory.build(new MetricRegistry(), "db");
        this.side = factory.build(new MetricRegistry(), "db-side");
    }

    DataSource work() {
        return work;
    }

    DataSource side() {
        return side;
    }

    /**
     * Opens the connection to work on, in autocommit mode, and sees nothing but its schema.
     *
     * @throws CommandFailure if the search path leads somewhere else than was meant
     */
    Connection connect() throws SQLException, CommandFailure {
        Connection connection = connectAsItIs();
        try {
            SearchPath.read(connection).enter(connection, failureCode);
            return connection;
        } catch (SQLException | CommandFailure e) {
            connection.close();
            throw e;
        }
    }

    /** Opens the connection wherever its search path leads. */
    Connection connectAsItIs() throws SQLException {
        Connection connection = work.getConnection();
        connection.setAutoCommit(true);
        return connection;
    }

    @Override
    public void close() {
        stop(work);
        stop(side);
    }

    private static void stop(ManagedDataSource source) {
        try {
            source.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
