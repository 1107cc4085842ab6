package io.longhaul.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseConfigurationTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.empty();

    @Test
    void parsesAPostgresUrl() throws Exception {
        DatabaseConfiguration database = parse("url: postgres://u:p%40ss@db:5432/jobs?sslmode=require");
        assertThat(database.getUrl()).isEqualTo("jdbc:postgresql://db:5432/jobs?sslmode=require");
        assertThat(database.getUser()).isEqualTo("u");
        assertThat(database.getPassword()).isEqualTo("p@ss");
        assertThat(database.isEmbedded()).isFalse();
    }

    @Test
    void separateUserAndPasswordOverrideTheUrlInAnyOrder() throws Exception {
        DatabaseConfiguration before = parse("user: own\npassword: hidden\nurl: postgres://u:p@db/jobs");
        DatabaseConfiguration after = parse("url: postgres://u:p@db/jobs\nuser: own\npassword: hidden");
        assertThat(before.getUser()).isEqualTo(after.getUser()).isEqualTo("own");
        assertThat(before.getPassword()).isEqualTo(after.getPassword()).isEqualTo("hidden");
    }

    @Test
    void emptyUserAndPasswordCountAsUnset() throws Exception {
        DatabaseConfiguration database = parse("url: postgres://u:p@db/jobs\nuser: ''\npassword: ''");
        assertThat(database.getUser()).isEqualTo("u");
        assertThat(database.getPassword()).isEqualTo("p");
    }

    @Test
    void migrationsUseTheirOwnLogin() throws Exception {
        DatabaseConfiguration own = parse("url: postgres://app:p@pooler/jobs\nmaxSize: 3");
        assertThat(own.forMigrations()).isSameAs(own);
        DatabaseConfiguration owner = parse("url: postgres://app:p@pooler/jobs\nmigration: {user: owner, password: o}")
                .forMigrations();
        assertThat(owner.getUrl()).isEqualTo("jdbc:postgresql://pooler/jobs");
        assertThat(owner.getUser()).isEqualTo("owner");
        assertThat(owner.getPassword()).isEqualTo("o");
        DatabaseConfiguration elsewhere = parse(
                        "url: postgres://app:p@pooler/jobs\nmigration: {url: 'postgres://owner:o@db/jobs', user: '', password: ''}")
                .forMigrations();
        assertThat(elsewhere.getUrl()).isEqualTo("jdbc:postgresql://db/jobs");
        assertThat(elsewhere.getUser()).isEqualTo("owner");
        assertThat(elsewhere.getPassword()).isEqualTo("o");
    }

    @Test
    void usesNoSessionFeaturesBehindAPooler() throws Exception {
        DatabaseConfiguration pooled = parse("url: postgres://app:p@pooler/jobs\npooled: true\ndirectUrl: ''");
        assertThat(pooled.getProperties()).containsEntry("prepareThreshold", "0");
        assertThat(pooled.canListen()).isFalse();
        assertThatThrownBy(() -> pooled.openConnection("test")).hasMessageContaining("DATABASE_DIRECT_URL");
        assertThatThrownBy(pooled::forMigrations).hasMessageContaining("DATABASE_MIGRATION_URL");
    }

    @Test
    void usesTheDirectAddressForEverythingThatNeedsASession() throws Exception {
        DatabaseConfiguration pooled =
                parse("url: postgres://app:p@pooler/jobs\npooled: true\ndirectUrl: postgres://db/jobs");
        assertThat(pooled.canListen()).isTrue();
        assertThat(pooled.direct().getUrl()).isEqualTo("jdbc:postgresql://db/jobs");
        assertThat(pooled.direct().getUser()).isEqualTo("app");
        assertThat(pooled.direct().getPassword()).isEqualTo("p");
        assertThat(pooled.direct().getProperties()).doesNotContainKey("prepareThreshold");
        assertThat(pooled.forMigrations().getUrl()).isEqualTo("jdbc:postgresql://db/jobs");
    }

    @Test
    void refusesABadUrlWithoutShowingThePassword() {
        assertThatThrownBy(() -> parse("url: mysql://u:secret@db/jobs"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("url", "mysql://", "embedded", "postgres://")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> parse("url: ''")).hasMessageContaining("url is empty");
        assertThatThrownBy(() -> parse("url: postgres://db/jobs\ndirectUrl: postgres://u:sec/ret@db/jobs"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("directUrl names")
                .hasMessageNotContaining("sec");
        assertThatThrownBy(() -> parse("url: postgres://db/jobs\nmigration: {url: 'mysql://u:secret@db/jobs'}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("migration.url")
                .hasMessageNotContainingAny("secret", "embedded");
    }

    @Test
    void embeddedGetsTheAddressOfTheStartedServer() throws Exception {
        DatabaseConfiguration database = parse("url: embedded\nuser: ''");
        assertThat(database.isEmbedded()).isTrue();
        database.connectTo("jdbc:postgresql://127.0.0.1:1/longhaul", "longhaul", "p");
        assertThat(database.isEmbedded()).isTrue();
        assertThat(database.getUrl()).isEqualTo("jdbc:postgresql://127.0.0.1:1/longhaul");
        assertThat(database.getUser()).isEqualTo("longhaul");
    }

    @Test
    void configuredPropertiesOverrideTheDefaults() throws Exception {
        DatabaseConfiguration database =
                parse("url: postgres://db/jobs\nproperties: {socketTimeout: '60', ssl: 'true'}");
        assertThat(database.getProperties())
                .containsEntry("socketTimeout", "60")
                .containsEntry("ssl", "true")
                .containsEntry("ApplicationName", "longhaul");
    }

    @Test
    void usesThePrimaryOfSeveralServers() throws Exception {
        assertThat(parse("url: postgres://a,b/jobs").getProperties()).containsEntry("targetServerType", "primary");
        assertThat(parse("url: postgres://a/jobs").getProperties()).doesNotContainKey("targetServerType");
    }

    @Test
    void dbCommandsHaveNoTimeLimit() throws Exception {
        DatabaseConfiguration database = parse("url: postgres://db/jobs?socketTimeout=1&sslmode=require");
        database.asSingleConnectionPool();
        assertThat(database.getProperties()).doesNotContainKey("socketTimeout").containsKey("connectTimeout");
        assertThat(database.getUrl()).isEqualTo("jdbc:postgresql://db/jobs?sslmode=require");
        assertThat(database.getMinSize()).isEqualTo(1);
        assertThat(database.getMaxSize()).isEqualTo(1);
    }

    @Test
    void itPrintsWithoutSecrets() throws Exception {
        assertThat(parse("url: postgres://u:secret@db/jobs?sslpassword=secret\npassword: secret")
                        .toString())
                .isEqualTo("jdbc:postgresql://db/jobs");
    }

    @OwnSession
    @Test
    void replacesConnectionsThatTheServerEnded() throws Exception {
        ManagedDataSource pool = configured().build(new MetricRegistry(), "test");
        pool.start();
        try {
            long first = backend(pool.getConnection());
            terminate(first);
            assertThat(backend(pool.getConnection())).isNotEqualTo(first);
        } finally {
            pool.stop();
        }
    }

    @Test
    void onlyTheWorkersPoolSetsPlannerSettings() throws Exception {
        DatabaseConfiguration database = parse("url: " + DATABASE.jdbcUrl());
        database.setUser(DATABASE.user());
        database.setPassword(DATABASE.password());
        assertThat(planning(database.buildForWorkers(new MetricRegistry()))).isEqualTo("off off off");
        assertThat(planning(database.build(new MetricRegistry(), "requests"))).isEqualTo("on on on");
    }

    private static String planning(ManagedDataSource pool) throws Exception {
        pool.start();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet settings = statement.executeQuery("SELECT current_setting('enable_seqscan') || ' '"
                        + " || current_setting('enable_bitmapscan') || ' ' || current_setting('enable_sort')")) {
            settings.next();
            return settings.getString(1);
        } finally {
            pool.stop();
        }
    }

    @Test
    void aConnectionOutsideThePoolHasNoTimeLimitForStatements() throws SQLException {
        try (Connection connection = configured().openConnection("longhaul test");
                Statement statement = connection.createStatement();
                ResultSet name = statement.executeQuery("SHOW application_name")) {
            name.next();
            assertThat(name.getString(1)).isEqualTo("longhaul test");
            assertThat(connection.getNetworkTimeout()).isZero();
        }
    }

    @Test
    @Timeout(20)
    void aServerThatNeverAnswersIsAnErrorWithinSeconds() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            DatabaseConfiguration database =
                    parse("url: postgres://u:secret@127.0.0.1:" + silent.getLocalPort() + "/x");
            ManagedDataSource pool = database.build(new MetricRegistry(), "silent");
            pool.start();
            long start = System.nanoTime();
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(SQLException.class)
                    .hasMessageNotContaining("secret");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            pool.stop();
        }
    }

    private static DatabaseConfiguration configured() {
        DatabaseConfiguration database = new DatabaseConfiguration();
        database.setUrl(DATABASE.jdbcUrl());
        database.setUser(DATABASE.user());
        database.setPassword(DATABASE.password());
        return database;
    }

    /** Gives the connection back and returns its server process. */
    private static long backend(Connection connection) throws SQLException {
        try (connection;
                Statement statement = connection.createStatement();
                ResultSet pid = statement.executeQuery("SELECT pg_backend_pid()")) {
            pid.next();
            return pid.getLong(1);
        }
    }

    /** Returns once the process is gone, and the pool's next validation is due. */
    private static void terminate(long backend) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(" + backend + ", 5000), pg_sleep(0.6)");
        }
    }

    private static DatabaseConfiguration parse(String yaml) throws IOException, ConfigurationException {
        return new YamlConfigurationFactory<>(
                        DatabaseConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "database");
    }
}
