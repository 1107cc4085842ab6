package io.longhaul.testing;

import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/**
 * Sessions of a test database that are used again. Each is reset before: nothing that a test sets in a session reaches
 * another one. A new session costs PostgreSQL and the test some ten times as much as the statement that it is opened for.
 */
final class ReusedSessions implements AutoCloseable {
    private static final int MOST = 100;
    private static final int MOST_IDLE = 4;

    private final org.apache.tomcat.jdbc.pool.DataSource pool;

    ReusedSessions(String jdbcUrl, String user, String password) {
        PoolProperties properties = new PoolProperties();
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setUrl(jdbcUrl);
        properties.setUsername(user);
        properties.setPassword(password);
        properties.setInitialSize(0);
        properties.setMinIdle(0);
        properties.setMaxIdle(MOST_IDLE);
        properties.setMaxActive(MOST);
        // Before, to see whether it lives; afterwards, so that it holds no lock.
        properties.setTestOnBorrow(true);
        properties.setTestOnReturn(true);
        properties.setValidationInterval(0);
        properties.setValidationQuery("DISCARD ALL");
        properties.setRollbackOnReturn(true);
        properties.setJdbcInterceptors("ConnectionState");
        properties.setDefaultAutoCommit(true);
        properties.setJmxEnabled(false);
        pool = new org.apache.tomcat.jdbc.pool.DataSource(properties);
    }

    DataSource dataSource() {
        return pool;
    }

    @Override
    public void close() {
        pool.close(true);
    }
}
