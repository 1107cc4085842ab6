package io.longhaul.workers;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/** A connection to a database that can be cut. */
public final class Outage implements ConnectionFactory {
    private final DataSource database;
    public volatile boolean down;

    public Outage(DataSource database) {
        this.database = database;
    }

    public Jdbi jdbi() {
        return Jdbi.create(this).installPlugin(new SqlObjectPlugin()).installPlugin(new PostgresPlugin());
    }

    @Override
    public Connection openConnection() throws SQLException {
        if (down) {
            throw new SQLException("The connection attempt failed.", "08001");
        }
        return database.getConnection();
    }
}
