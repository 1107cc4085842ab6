package io.longhaul.testing;

import io.longhaul.database.LockMode;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database of its own for a test class, or for each test, on a real PostgreSQL that the test JVM starts once.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestDatabase database = TestDatabase.migrated();
 * }</pre>
 *
 * <p>As a static field it gives one database to all tests of the class, as an instance field one to each test. Other
 * extensions that need it must be registered after it ({@code @Order}).
 */
public final class TestDatabase implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final boolean withSchema;
    private boolean perClass;
    private TestDatabases databases;
    private String name;
    private ReusedSessions sessions;

    private TestDatabase(boolean withSchema) {
        this.withSchema = withSchema;
    }

    /**
     * A database with the schema of {@code migrations.xml}.
     *
     * @return an extension to register
     */
    public static TestDatabase migrated() {
        return new TestDatabase(true);
    }

    /**
     * A database with nothing in it, for tests of the migrations themselves.
     *
     * @return an extension to register
     */
    public static TestDatabase empty() {
        return new TestDatabase(false);
    }

    /**
     * Where to connect.
     *
     * @return a JDBC URL without user and password
     */
    public String jdbcUrl() {
        return TransactionMode.isWanted()
                ? TransactionMode.jdbcUrl(databases.server(), name)
                : databases.server().jdbcUrl(name);
    }

    /**
     * A Jdbi with the locks of a node that knows its engine: in the distributed profile it has no advisory locks.
     *
     * @param source gives the connections
     * @return one with the plugins that nodes use
     */
    public static Jdbi jdbi(ConnectionFactory source) {
        Jdbi jdbi = Jdbi.create(source).installPlugin(new SqlObjectPlugin()).installPlugin(new PostgresPlugin());
        jdbi.getConfig(LockMode.Setting.class).ask(TestDatabase::lockMode);
        return jdbi;
    }

    /**
     * The locks of such a node.
     *
     * @return rows in the distributed profile
     */
    public static LockMode lockMode() {
        return TransactionMode.isWanted() ? LockMode.ROWS : LockMode.ADVISORY;
    }

    /**
     * A role that owns the database and may create others.
     *
     * @return its name
     */
    public String user() {
        return databases.server().user();
    }

    /**
     * The role's password.
     *
     * @return null where none is needed
     */
    public String password() {
        return databases.server().password();
    }

    /**
     * Gives each caller a session as it is when it begins: nothing a test sets in one reaches another.
     *
     * @return a source that may be asked from many threads
     */
    public DataSource dataSource() {
        return sessions.dataSource();
    }

    /**
     * Opens a new connection each time it is asked, for tests that look at the sessions of the database.
     *
     * @return a source without a pool
     */
    public PGSimpleDataSource newSessions() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl());
        source.setUser(user());
        source.setPassword(password());
        return source;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        create();
        perClass = true;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        if (!perClass) {
            create();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        if (!perClass) {
            drop();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws SQLException {
        drop();
    }

    private void create() throws Exception {
        databases = TestDatabases.ofThisJvm();
        name = databases.create(withSchema);
        sessions = new ReusedSessions(jdbcUrl(), user(), password());
    }

    private void drop() throws SQLException {
        sessions.close();
        databases.drop(name);
    }
}
