package io.longhaul.database;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.selfvalidating.SelfValidating;
import io.dropwizard.validation.selfvalidating.SelfValidation;
import io.dropwizard.validation.selfvalidating.ViolationCollector;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.tomcat.jdbc.pool.Validator;
import org.postgresql.Driver;

/**
 * The {@code database:} block: where PostgreSQL is and how we connect to it. All of Dropwizard's own settings stay
 * usable; what differs are the defaults, which suit a server that starts while its database is down and outlives the
 * database's restarts.
 */
@SelfValidating
public final class DatabaseConfiguration extends DataSourceFactory {
    /** The {@code url} that means the server inside the jar. */
    public static final String EMBEDDED = "embedded";

    /** One for each loop of the workers that could be in the database at the same time. */
    private static final int WORKER_CONNECTIONS = 10;

    private static final String SOCKET_TIMEOUT = "socketTimeout";

    private static final Map<String, String> DRIVER_DEFAULTS = Map.of(
            "ApplicationName",
            "longhaul",
            // Seconds. A dead server is an error before a caller loses patience.
            "connectTimeout",
            "2",
            "loginTimeout",
            "3",
            // Frees a thread whose server vanished in the middle of a statement; none of ours runs that long.
            SOCKET_TIMEOUT,
            "10",
            "tcpKeepAlive",
            "true",
            // After a failover ask again soon which server is the primary.
            "hostRecheckSeconds",
            "2");

    private boolean embedded;
    private DatabaseUrl address;
    private String problem;
    private String ownUser;
    private String ownPassword;
    private Map<String, String> ownProperties = Map.of();
    private boolean pooled;
    private String direct = "";
    private MigrationLogin migration = new MigrationLogin("", "", "");

    /** The defaults. */
    public DatabaseConfiguration() {
        setDriverClass(Driver.class.getName());
        setMinSize(0);
        setInitialSize(0);
        setMaxSize(20);
        setMaxWaitForConnection(Duration.seconds(3));
        setCheckConnectionOnBorrow(true);
        setValidatorClassName(named(SessionCheck.class));
        // Asking at each use would double the round trips; half a second is what a restart may cost in errors.
        setValidationInterval(Duration.milliseconds(500));
        // A comment per call would make every statement text new to the server, which then plans it again each time.
        setAutoCommentsEnabled(false);
        apply();
    }

    /**
     * Where the database is.
     *
     * @param url {@code embedded}, {@code jdbc:postgresql://...}, {@code postgres://...} or {@code postgresql://...};
     *     user and password in it count unless they are set on their own. Anything else is kept as a problem for
     *     {@link #validateUrl}
     */
    @Override
    public void setUrl(String url) {
        embedded = EMBEDDED.equals(url);
        address = null;
        problem = null;
        if (!embedded) {
            parse(url == null ? "" : url);
        }
        apply();
    }

    /**
     * Sets the role to log in as.
     *
     * @param user empty means not set, so that an unset variable does not hide the user in the address
     */
    @Override
    public void setUser(String user) {
        ownUser = user;
        apply();
    }

    /**
     * Sets the password of that role.
     *
     * @param password empty means not set
     */
    @Override
    public void setPassword(String password) {
        ownPassword = password;
        apply();
    }

    /**
     * Adds settings of the driver.
     *
     * @param properties win over our defaults; a parameter in the address wins over both
     */
    @Override
    public void setProperties(Map<String, String> properties) {
        ownProperties = properties == null ? Map.of() : properties;
        apply();
    }

    /**
     * Says that the address is that of a pooler which gives a server connection for one transaction at a time, such as
     * pgbouncer in transaction mode. Nothing then relies on a session: no prepared statements, no settings, no LISTEN.
     *
     * @param pooled false means that each connection is a session of the server
     */
    @JsonProperty
    public void setPooled(boolean pooled) {
        this.pooled = pooled;
        // What is set in a pooler's session would be lost, and found by somebody else.
        Optional<String> ours = named(pooled ? SessionCheck.class : ConnectionCheck.class);
        if (getValidatorClassName().equals(ours)) {
            setValidatorClassName(named(pooled ? ConnectionCheck.class : SessionCheck.class));
        }
        apply();
    }

    /**
     * Sets the address that passes the pooler by, for workers, notifications and migrations.
     *
     * @param direct as {@link #setUrl}; empty if there is none
     */
    @JsonProperty
    public void setDirectUrl(String direct) {
        this.direct = direct == null ? "" : direct;
    }

    /**
     * Sets who changes the schema.
     *
     * @param migration null means whoever the server logs in as
     */
    @JsonProperty
    public void setMigration(MigrationLogin migration) {
        this.migration = migration == null ? new MigrationLogin("", "", "") : migration;
    }

    /**
     * Whether notifications can arrive.
     *
     * @return false behind a pooler without a direct address; then polling alone finds work
     */
    @JsonIgnore
    public boolean canListen() {
        return !pooled || isGiven(direct);
    }

    /**
     * The same database for what needs a session of its own.
     *
     * @return this, or another one with the direct address
     */
    public DatabaseConfiguration direct() {
        return isGiven(direct) && !embedded ? at(direct, getUser(), getPassword()) : this;
    }

    /**
     * All passwords that are configured, to be kept out of logs.
     *
     * @return none of them null
     */
    public List<String> passwords() {
        return Stream.of(getPassword(), migration.password(), password(direct), password(migration.url()))
                .filter(DatabaseConfiguration::isGiven)
                .toList();
    }

    /** The one in an address. */
    private static String password(String url) {
        return isGiven(url) ? DatabaseUrl.parse(url).password() : null;
    }

    /**
     * The same database for whoever changes the schema.
     *
     * @return this unless the migration has a login of its own
     * @throws IllegalStateException if the only address is a pooler's: its sessions cannot hold the migration lock
     */
    public DatabaseConfiguration forMigrations() {
        if (embedded) {
            return this;
        }
        if (pooled && !isGiven(direct) && !isGiven(migration.url())) {
            throw new IllegalStateException("Migrations need a session of their own, and DATABASE_URL is a pooler's"
                    + " (database.pooled). Set DATABASE_MIGRATION_URL or DATABASE_DIRECT_URL to the server's address.");
        }
        String user = isGiven(migration.user()) ? migration.user() : null;
        String password = isGiven(migration.password()) ? migration.password() : null;
        if (isGiven(migration.url())) {
            return at(migration.url(), user, password);
        }
        DatabaseConfiguration base = direct();
        return user == null ? base : base.at(base.getUrl(), user, password);
    }

    /** An address without a login of its own is used with ours. */
    private DatabaseConfiguration at(String url, String user, String password) {
        DatabaseConfiguration other = new DatabaseConfiguration();
        other.setUrl(url);
        other.setUser(isGiven(user) || other.getUser() != null ? user : getUser());
        other.setPassword(isGiven(password) || other.getPassword() != null ? password : getPassword());
        other.setProperties(ownProperties);
        other.setMaxSize(getMaxSize());
        return other;
    }

    /**
     * Whether the server inside the jar is asked for. Whoever starts it then calls {@link #connectTo}.
     *
     * @return true for {@code url: embedded}
     */
    @JsonIgnore
    public boolean isEmbedded() {
        return embedded;
    }

    /**
     * Points to a server that was started for this configuration.
     *
     * @param jdbcUrl its address
     * @param user its role
     * @param password the role's password
     */
    public void connectTo(String jdbcUrl, String user, String password) {
        address = DatabaseUrl.parse(jdbcUrl);
        ownUser = user;
        ownPassword = password;
        apply();
    }

    /**
     * Opens one connection outside the pool, without the limit on how long a statement may run: for migrations, and
     * for listening.
     *
     * @param applicationName what {@code pg_stat_activity} shows
     * @return an open connection; the caller closes it
     * @throws SQLException when the server does not answer within seconds, or refuses
     */
    public Connection openConnection(String applicationName) throws SQLException {
        if (!canListen()) {
            throw new SQLException("a pooler's connections are no sessions; set DATABASE_DIRECT_URL");
        }
        DatabaseConfiguration direct = direct();
        if (direct != this) {
            return direct.openConnection(applicationName);
        }
        Properties properties = new Properties();
        getProperties().forEach(properties::setProperty);
        properties.remove(SOCKET_TIMEOUT);
        properties.setProperty("ApplicationName", applicationName);
        putIfGiven(properties, "user", getUser());
        putIfGiven(properties, "password", getPassword());
        String url =
                address == null ? getUrl() : address.without(SOCKET_TIMEOUT).jdbcUrl();
        return SessionDataSource.prepared(DriverManager.getConnection(url, properties));
    }

    /**
     * Builds the pool that workers use: apart from that of requests, so that neither can starve the other, and with a
     * planner that never reads whole tables for want of statistics on a queue that was empty a moment ago.
     *
     * @param metrics where the pool's figures go
     * @return a pool, not started
     */
    public ManagedDataSource buildForWorkers(MetricRegistry metrics) {
        DatabaseConfiguration direct = direct();
        if (direct != this) {
            return direct.buildForWorkers(metrics);
        }
        int requests = getMaxSize();
        Optional<String> usual = getValidatorClassName();
        try {
            setMaxSize(WORKER_CONNECTIONS);
            setValidatorClassName(pooled ? usual : named(WorkerSessionCheck.class));
            return build(metrics, "workers");
        } finally {
            setMaxSize(requests);
            setValidatorClassName(usual);
        }
    }

    /** Prepares for a {@code db} command: one connection, on which a statement may run as long as it must. */
    @Override
    public void asSingleConnectionPool() {
        super.asSingleConnectionPool();
        Map<String, String> properties = new LinkedHashMap<>(getProperties());
        properties.remove(SOCKET_TIMEOUT);
        super.setProperties(properties);
        if (address != null) {
            super.setUrl(address.without(SOCKET_TIMEOUT).jdbcUrl());
        }
    }

    /**
     * Refuses an address that cannot be used.
     *
     * @param violations takes the message, which never shows the address itself
     */
    @SelfValidation
    public void validateUrl(ViolationCollector violations) {
        if (problem != null) {
            violations.addViolation("url", problem);
        }
    }

    private void parse(String url) {
        try {
            address = DatabaseUrl.parse(url);
        } catch (IllegalArgumentException e) {
            problem = e.getMessage();
        }
    }

    /** Settings arrive in any order, and the pool reads only what the superclass holds. */
    private void apply() {
        Map<String, String> properties = new LinkedHashMap<>(DRIVER_DEFAULTS);
        if (address != null) {
            super.setUrl(address.jdbcUrl());
            if (address.hasSeveralServers()) {
                // All we do writes; a standby would refuse it.
                properties.put("targetServerType", "primary");
            }
        } else if (embedded || problem != null) {
            super.setUrl(EMBEDDED);
        }
        if (pooled) {
            // A statement prepared on one server connection is unknown on the next.
            properties.put("prepareThreshold", "0");
        }
        properties.putAll(ownProperties);
        super.setProperties(properties);
        super.setUser(isGiven(ownUser) ? ownUser : address == null ? null : address.user());
        super.setPassword(isGiven(ownPassword) ? ownPassword : address == null ? null : address.password());
    }

    private static Optional<String> named(Class<? extends Validator> check) {
        return Optional.of(check.getName());
    }

    private static boolean isGiven(String value) {
        return value != null && !value.isEmpty();
    }

    private static void putIfGiven(Properties properties, String name, String value) {
        if (value != null) {
            properties.setProperty(name, value);
        }
    }

    /** Without user, password and parameters. */
    @Override
    public String toString() {
        return address == null ? EMBEDDED : address.toString();
    }
}
