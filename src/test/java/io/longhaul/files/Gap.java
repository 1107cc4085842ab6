package io.longhaul.files;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/** Connections to a database, of which the next few are refused. */
final class Gap implements ConnectionFactory {
    private final DataSource database;
    private final AtomicInteger refusals = new AtomicInteger();

    Gap(DataSource database) {
        this.database = database;
    }

    Jdbi jdbi() {
        return Jdbi.create(this).installPlugin(new SqlObjectPlugin()).installPlugin(new PostgresPlugin());
    }

    void refuse(int times) {
        refusals.set(times);
    }

    /** The number of refusals that are still to come. */
    int refusals() {
        return refusals.get();
    }

    @Override
    public Connection openConnection() throws SQLException {
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new SQLException("The connection attempt failed.", "08001");
        }
        return database.getConnection();
    }
}
