package io.longhaul.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;

/**
 * All databases that this test JVM makes. The schema is migrated once, into a template that each test class copies.
 * Names are unique per JVM, and nothing else on the server is touched.
 */
final class TestDatabases {
    private static TestDatabases ofThisJvm;

    private final TestServer server = TestServer.choose();
    private final String prefix =
            "longhaul_test_" + UUID.randomUUID().toString().substring(0, 8).toLowerCase(Locale.ROOT);
    private final AtomicInteger count = new AtomicInteger();
    private boolean templateReady;

    private TestDatabases() {}

    /** Made when the first test asks, and closed with the JVM: JUnit's root ends with each class where Maven forks several. */
    static synchronized TestDatabases ofThisJvm() {
        if (ofThisJvm == null) {
            ofThisJvm = new TestDatabases();
            Runtime.getRuntime().addShutdownHook(new Thread(ofThisJvm::close, "drop-test-databases"));
        }
        return ofThisJvm;
    }

    TestServer server() {
        return server;
    }

    /** Creates a database and gives its name. */
    String create(boolean withSchema) throws Exception {
        String name = prefix + "_" + count.incrementAndGet();
        execute("CREATE DATABASE " + name + " TEMPLATE " + (withSchema ? template() : "template0") + copying());
        return name;
    }

    // Copying files is several times faster for small databases; older servers do so without being asked.
    private String copying() throws SQLException {
        try (Connection connection = server.connect()) {
            return connection.getMetaData().getDatabaseMajorVersion() >= 15 ? " STRATEGY FILE_COPY" : "";
        }
    }

    /** Ends whatever still uses the database: a test may have killed a worker in the middle. */
    void drop(String name) throws SQLException {
        execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    private synchronized String template() throws Exception {
        String name = prefix + "_template";
        if (!templateReady) {
            execute("CREATE DATABASE " + name + " TEMPLATE template0");
            Scope.child(Scope.Attr.ui, new LoggerUIService(), () -> migrate(name));
            if (TransactionMode.isWanted()) {
                TransactionMode.takeAdvisoryLocksFrom(server, name);
            }
            templateReady = true;
        }
        return name;
    }

    private void migrate(String name) throws Exception {
        try (Connection connection = server.connect(name);
                Liquibase liquibase = new Liquibase(
                        "migrations.xml", new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            liquibase.setShowSummary(UpdateSummaryEnum.OFF);
            liquibase.update("");
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void close() {
        try {
            drop(prefix + "_template");
        } catch (SQLException e) {
            System.out.println("The template stays: " + e.getMessage());
        }
        server.stop().run();
    }
}
