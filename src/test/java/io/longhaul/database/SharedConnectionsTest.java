package io.longhaul.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.util.Duration;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** Pools of a role that may have only one connection. */
class SharedConnectionsTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.empty();

    private final String role =
            "narrow_" + UUID.randomUUID().toString().replace("-", "").toLowerCase(Locale.ROOT);
    private final Database database = new Database(DATABASE.dataSource());
    private final SharedConnections shared = new SharedConnections();
    private final List<ManagedDataSource> pools = new ArrayList<>();

    @BeforeEach
    void createRole() {
        database.run("CREATE ROLE " + role + " LOGIN PASSWORD 'narrow' CONNECTION LIMIT 1");
    }

    @AfterEach
    void dropRole() throws Exception {
        for (ManagedDataSource pool : pools) {
            pool.stop();
        }
        database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + role + "'");
        database.run("DROP ROLE " + role);
    }

    private ManagedDataSource pool(Duration patience) throws Exception {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.setUrl(DATABASE.jdbcUrl());
        configuration.setUser(role);
        configuration.setPassword("narrow");
        configuration.setMaxWaitForConnection(patience);
        ManagedDataSource pool = shared.share(configuration.build(new MetricRegistry(), "test"));
        pool.start();
        pools.add(pool);
        return pool;
    }

    private static CompletableFuture<Boolean> use(ManagedDataSource pool) {
        return CompletableFuture.supplyAsync(() -> {
            try (Connection connection = pool.getConnection()) {
                return connection.isValid(5);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** By the routine that reports it, because its words are in the language of the server. */
    @OwnSession
    @Test
    void theCureNamesTheLimitThatIsReached() throws Exception {
        PGSimpleDataSource narrow = DATABASE.newSessions();
        narrow.setUser(role);
        narrow.setPassword("narrow");
        try (Connection only = narrow.getConnection()) {
            assertThat(only.isValid(2)).isTrue();
            assertThatThrownBy(narrow::getConnection)
                    .satisfies(e -> assertThat(Diagnosis.of(e, new Cures("")).cure())
                            .contains("ALTER ROLE ... CONNECTION LIMIT"));
        }
        database.run("ALTER ROLE " + role + " CONNECTION LIMIT -1");
        String name = database.column("SELECT quote_ident(current_database())").get(0);
        database.run("ALTER DATABASE " + name + " CONNECTION LIMIT 0");
        try {
            assertThatThrownBy(narrow::getConnection)
                    .satisfies(e -> assertThat(Diagnosis.of(e, new Cures("")).cure())
                            .contains("ALTER DATABASE ... CONNECTION LIMIT"));
        } finally {
            database.run("ALTER DATABASE " + name + " CONNECTION LIMIT -1");
        }
    }

    /** What the driver refuses before the server was asked for anything: one with TLS would refuse an unknown authority. */
    @Test
    void theCureNamesWhatTheConnectionAsksFor() {
        PGSimpleDataSource source = DATABASE.newSessions();
        source.setSslMode("verify-full");
        source.setSslRootCert("no-such-file.crt");
        assertThatThrownBy(source::getConnection)
                .satisfies(e ->
                        assertThat(Diagnosis.of(e, new Cures("")).cure()).containsAnyOf("sslmode", "sslrootcert="));
    }

    @OwnSession
    @Test
    void waitsUntilAConnectionIsGivenBack() throws Exception {
        ManagedDataSource pool = pool(Duration.seconds(60));
        Connection only = pool.getConnection();
        List<CompletableFuture<Boolean>> others = List.of(use(pool), use(pool), use(pool));
        Await.until("the server has refused another", Await.LONG, shared::isShort);
        assertThat(others).noneMatch(CompletableFuture::isDone);

        only.close();

        for (CompletableFuture<Boolean> other : others) {
            assertThat(other.get(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(shared.shortage()).hasValueSatisfying(shortage -> {
            assertThat(shortage.why()).contains("SQLSTATE 53300");
            assertThat(shortage.inVain()).isFalse();
        });
    }

    @OwnSession
    @Test
    void aRequestWithoutAConnectionGetsTheReasonAndSoDoesReadiness() throws Exception {
        ManagedDataSource pool = pool(Duration.milliseconds(200));
        try (Connection only = pool.getConnection()) {
            assertThat(only.isValid(5)).isTrue();

            assertThatThrownBy(pool::getConnection)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"));

            SharedConnections.Shortage shortage = shared.shortage().orElseThrow();
            assertThat(shortage.inVain()).isTrue();
            assertThat(shortage.served()).isFalse();
        }
        assertThat(use(pool).get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(shared.shortage().orElseThrow().served()).isTrue();
    }

    @Test
    void aPoolGivesUpIdleConnectionsForAnother() throws Exception {
        ManagedDataSource idle = pool(Duration.seconds(60));
        assertThat(use(idle).get(60, TimeUnit.SECONDS)).isTrue();

        assertThat(use(pool(Duration.seconds(60))).get(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void namesAnExhaustedPool() throws Exception {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.setUrl(DATABASE.jdbcUrl());
        configuration.setUser(DATABASE.user());
        configuration.setPassword(DATABASE.password());
        configuration.setMaxSize(1);
        configuration.setMaxWaitForConnection(Duration.milliseconds(200));
        ManagedDataSource pool = shared.share(configuration.build(new MetricRegistry(), "test"));
        pool.start();
        pools.add(pool);
        try (Connection only = pool.getConnection()) {
            assertThat(only.isValid(5)).isTrue();

            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
        }
        assertThat(shared.shortage().orElseThrow().why()).contains("all connections of a pool are in use");
    }

    @Test
    void reportsNoShortageWhileThereIsNone() throws Exception {
        assertThat(use(pool(Duration.seconds(60))).get(60, TimeUnit.SECONDS)).isTrue();

        assertThat(shared.shortage()).isEmpty();
        assertThat(shared.isShort()).isFalse();
    }

    @OwnSession
    @Test
    void throwsOtherErrorsAtOnce() throws Exception {
        ManagedDataSource pool = pool(Duration.seconds(60));
        database.run("ALTER ROLE " + role + " NOLOGIN");

        assertThatThrownBy(pool::getConnection)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).startsWith("28"));
        assertThat(shared.shortage()).isEmpty();
    }
}
