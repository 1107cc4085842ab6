package io.longhaul.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** Opens prepared sessions without a pool, for work that needs only a few. */
public final class SessionDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    /** A server by its JDBC address; role and password may be null. */
    public SessionDataSource(String url, String user, String password) {
        setUrl(url);
        setUser(user);
        setPassword(password);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return prepared(super.getConnection(user, password));
    }

    /** Closes a connection that cannot be prepared. */
    static Connection prepared(Connection connection) throws SQLException {
        try {
            SessionSettings.prepare(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
