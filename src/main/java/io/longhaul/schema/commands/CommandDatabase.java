package io.longhaul.schema.commands;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.db.PooledDataSourceFactory;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.catalog.SearchPath;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The database of one command: one connection to work on, and a second one that watches the first. */
final class CommandDatabase implements AutoCloseable {
    private final ManagedDataSource work;
    private final ManagedDataSource side;
    private final int failureCode;

    /**
     * @param failureCode exit code of the process if the schema cannot be worked in
     * @param factory turned into pools of one connection, without a limit on how long a statement runs
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
     * Opens the connection to work on, in autocommit mode, with only its own schema on the search path.
     *
     * @throws CommandFailure if the search path leads to a schema that cannot be meant
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

    /** Opens the connection without checking its search path. */
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
