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
 * The {@code database:} block: address and login of PostgreSQL. All of Dropwizard's own settings stay usable; only the
 * defaults differ. They suit a server that starts while its database is down and outlives the database's restarts.
 */
@SelfValidating
public final class DatabaseConfiguration extends DataSourceFactory {
    /** The {@code url} of the server inside the jar. */
    public static final String EMBEDDED = "embedded";

    /** One for each loop of the workers that can use the database at the same time. */
    private static final int WORKER_CONNECTIONS = 10;

    private static final String SOCKET_TIMEOUT = "socketTimeout";
    private static final String PREPARE_THRESHOLD = "prepareThreshold";

    private static final Map<String, String> DRIVER_DEFAULTS = Map.ofEntries(
            Map.entry("ApplicationName", "longhaul"),
            // Seconds. A dead server becomes an error before a caller loses patience.
            Map.entry("connectTimeout", "2"),
            Map.entry("loginTimeout", "3"),
            // Frees a thread whose server vanished in the middle of a statement; no statement here runs that long.
            Map.entry(SOCKET_TIMEOUT, "10"),
            Map.entry("tcpKeepAlive", "true"),
            // After a failover, ask again soon which server is the primary.
            Map.entry("hostRecheckSeconds", "2"));

    private boolean embedded;
    private DatabaseUrl address;
    private String problem;
    private String ownUser;
    private String ownPassword;
    private Map<String, String> ownProperties = Map.of();
    private boolean pooled;
    private String direct = "";
    private MigrationLogin migration = new MigrationLogin("", "", "");

    public DatabaseConfiguration() {
        setDriverClass(Driver.class.getName());
        setMinSize(0);
        setInitialSize(0);
        setMaxSize(20);
        setMaxWaitForConnection(Duration.seconds(3));
        setCheckConnectionOnBorrow(true);
        setValidatorClassName(named(SessionCheck.class));
        // Checking at each use would double the round trips; a restart of the server costs errors for half a second.
        setValidationInterval(Duration.milliseconds(500));
        // A comment on each call would make every statement text new to the server, which then plans it again each
        // time.
        setAutoCommentsEnabled(false);
        apply();
    }

    /**
     * Sets the address: {@code embedded}, {@code jdbc:postgresql://...}, {@code postgres://...} or
     * {@code postgresql://...}. User and password in it count unless they are set separately. Anything else is kept as
     * a problem for {@link #validateUrl}.
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
     * Sets the role to log in as. Empty means not set, so that an unset variable does not hide the user in the address.
     */
    @Override
    public void setUser(String user) {
        ownUser = user;
        apply();
    }

    /** Sets the password of that role; empty means not set. */
    @Override
    public void setPassword(String password) {
        ownPassword = password;
        apply();
    }

    /** Adds settings of the driver. They override the defaults; a parameter in the address overrides both. */
    @Override
    public void setProperties(Map<String, String> properties) {
        ownProperties = properties == null ? Map.of() : properties;
        apply();
    }

    /**
     * True for the address of a pooler that gives out a server connection for one transaction at a time, such as
     * pgbouncer in transaction mode. Then no prepared statements, settings or LISTEN are used, because they need a
     * session.
     */
    @JsonProperty
    public void setPooled(boolean pooled) {
        this.pooled = pooled;
        // Settings of a pooler's session would be lost, and would affect its other clients.
        Optional<String> ours = named(pooled ? SessionCheck.class : ConnectionCheck.class);
        if (getValidatorClassName().equals(ours)) {
            setValidatorClassName(named(pooled ? ConnectionCheck.class : SessionCheck.class));
        }
        apply();
    }

    /** True if the address is known to be such a pooler's. */
    public boolean usesPooler() {
        return pooled;
    }

    /**
     * Sets an address, as {@link #setUrl}, that bypasses the pooler for workers, notifications and migrations; empty
     * for none.
     */
    @JsonProperty
    public void setDirectUrl(String direct) {
        this.direct = direct == null ? "" : direct;
    }

    /** Sets the login for schema changes; null means the login of the server. */
    @JsonProperty
    public void setMigration(MigrationLogin migration) {
        this.migration = migration == null ? new MigrationLogin("", "", "") : migration;
    }

    /** False behind a pooler without a direct address: no notifications arrive, and work is found by polling. */
    @JsonIgnore
    public boolean canListen() {
        return !pooled || isGiven(direct);
    }

    /** The same database for uses that need a session: this, or a configuration with the direct address. */
    public DatabaseConfiguration direct() {
        return isGiven(direct) && !embedded ? at(direct, getUser(), getPassword()) : this;
    }

    /** All configured passwords, to be kept out of logs; none of them null. */
    public List<String> passwords() {
        return Stream.of(getPassword(), migration.password(), password(direct), password(migration.url()))
                .filter(DatabaseConfiguration::isGiven)
                .toList();
    }

    private static String password(String url) {
        return isGiven(url) ? DatabaseUrl.parse(url).password() : null;
    }

    /**
     * The same database with the login for schema changes.
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

    /** True if {@link #forMigrations} logs in as a role of its own. */
    public boolean hasMigrationLogin() {
        return !embedded && (isGiven(migration.user()) || isGiven(migration.url()));
    }

    /** The variable that gives {@link #forMigrations} its address, where no file gives another. */
    public String variableOfMigrations() {
        return isGiven(migration.url())
                ? "DATABASE_MIGRATION_URL"
                : isGiven(direct) ? "DATABASE_DIRECT_URL" : "DATABASE_URL";
    }

    /** An address without a login uses the login of this configuration. */
    private DatabaseConfiguration at(String url, String user, String password) {
        DatabaseConfiguration other = new DatabaseConfiguration();
        other.setUrl(url);
        other.setUser(isGiven(user) || other.getUser() != null ? user : getUser());
        other.setPassword(isGiven(password) || other.getPassword() != null ? password : getPassword());
        other.setProperties(ownProperties);
        other.setMaxSize(getMaxSize());
        return other;
    }

    /** True for {@code url: embedded}. Starting that server ends with {@link #connectTo}. */
    @JsonIgnore
    public boolean isEmbedded() {
        return embedded;
    }

    /** Sets the address and login of a server that was started for this configuration. */
    public void connectTo(String jdbcUrl, String user, String password) {
        address = DatabaseUrl.parse(jdbcUrl);
        ownUser = user;
        ownPassword = password;
        apply();
    }

    /**
     * Opens one connection outside the pool, without the limit on how long a statement may run, for migrations and
     * LISTEN. The caller closes it. The server must answer within seconds. {@code pg_stat_activity} shows the given
     * name.
     */
    public Connection openConnection(String applicationName) throws SQLException {
        if (!canListen()) {
            throw new SQLException("a pooler's connections are no sessions; set DATABASE_DIRECT_URL");
        }
        DatabaseConfiguration direct = direct();
        if (direct != this) {
            return direct.openConnection(applicationName);
        }
        Properties properties = driverProperties(applicationName);
        properties.remove(SOCKET_TIMEOUT);
        String url =
                address == null ? getUrl() : address.without(SOCKET_TIMEOUT).jdbcUrl();
        return SessionDataSource.prepared(DriverManager.getConnection(url, properties));
    }

    /** The most connections that a node opens: of requests, of workers, and the one that listens. */
    public int connectionsOfANode() {
        return getMaxSize() + WORKER_CONNECTIONS + 1;
    }

    /** The servers that the address names, each as {@code host:port}; empty for the server inside the jar. */
    public List<String> servers() {
        return address == null ? List.of() : address.hostsAndPorts();
    }

    /**
     * Opens one connection outside the pool as the driver does: no setting is made in its session, and nothing is
     * prepared on the server, because it may be a pooler's. The caller closes it.
     */
    public Connection openPlain(String applicationName) throws SQLException {
        Properties properties = driverProperties(applicationName);
        properties.setProperty(PREPARE_THRESHOLD, "0");
        return DriverManager.getConnection(getUrl(), properties);
    }

    private Properties driverProperties(String applicationName) {
        Properties properties = new Properties();
        getProperties().forEach(properties::setProperty);
        properties.setProperty("ApplicationName", applicationName);
        putIfGiven(properties, "user", getUser());
        putIfGiven(properties, "password", getPassword());
        return properties;
    }

    /**
     * Builds the workers' pool, not started. It is separate from the pool of requests, so that neither can starve the
     * other. Its planner never reads whole tables, even without statistics on a queue that was empty a moment ago.
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
            setValidatorClassName(pooled ? usual : named(SessionCheck.ForWorkers.class));
            return build(metrics, "workers");
        } finally {
            setMaxSize(requests);
            setValidatorClassName(usual);
        }
    }

    /** Prepares for a {@code db} command: one connection, without a limit on how long a statement runs or waits. */
    @Override
    public void asSingleConnectionPool() {
        super.asSingleConnectionPool();
        if (getValidatorClassName().equals(named(SessionCheck.class))) {
            setValidatorClassName(named(SessionCheck.ForCommands.class));
        }
        Map<String, String> properties = new LinkedHashMap<>(getProperties());
        properties.remove(SOCKET_TIMEOUT);
        super.setProperties(properties);
        if (address != null) {
            super.setUrl(address.without(SOCKET_TIMEOUT).jdbcUrl());
        }
    }

    /** Refuses unusable addresses. The message never shows the address itself. */
    @SelfValidation
    public void validateUrl(ViolationCollector violations) {
        if (problem != null) {
            violations.addViolation("url", problem);
        }
        validate("directUrl", direct, violations);
        validate("migration.url", migration.url(), violations);
    }

    private static void validate(String setting, String url, ViolationCollector violations) {
        try {
            password(url);
        } catch (IllegalArgumentException e) {
            // Only url can name the server inside the jar.
            violations.addViolation(setting, e.getMessage().replace("takes embedded, ", "takes "));
        }
    }

    private void parse(String url) {
        try {
            address = DatabaseUrl.parse(url);
        } catch (IllegalArgumentException e) {
            problem = e.getMessage();
        }
    }

    /** Settings arrive in any order, and the pool reads only those of the superclass. */
    private void apply() {
        Map<String, String> properties = new LinkedHashMap<>(DRIVER_DEFAULTS);
        if (address != null) {
            super.setUrl(address.jdbcUrl());
            if (address.hasSeveralServers()) {
                // All connections write; a standby would refuse that.
                properties.put("targetServerType", "primary");
            }
        } else if (embedded || problem != null) {
            super.setUrl(EMBEDDED);
        }
        if (pooled) {
            // A statement prepared on one server connection is unknown on the next.
            properties.put(PREPARE_THRESHOLD, "0");
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

    /** Leaves out user, password and parameters. */
    @Override
    public String toString() {
        return address == null ? EMBEDDED : address.toString();
    }
}
