package io.longhaul.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** Opens sessions of a configuration without a pool and without a limit on how long a statement runs. */
public final class ConfiguredSessions extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    private final transient DatabaseConfiguration configuration;
    private final String name;

    /** @param name shown in {@code pg_stat_activity} */
    public ConfiguredSessions(DatabaseConfiguration configuration, String name) {
        this.configuration = configuration;
        this.name = name;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return configuration.openConnection(name);
    }
}
