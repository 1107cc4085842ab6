package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.read.ListAppender;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.jetty.HttpsConnectorFactory;
import io.dropwizard.lifecycle.Managed;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import io.longhaul.cli.ConfigurationFiles;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.logging.EventLayout;
import io.longhaul.logging.LogFormat;
import io.longhaul.logging.SecretsFilter;
import io.longhaul.schema.Cures;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.testing.Database;
import io.longhaul.testing.KeyStores;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.ToolRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class GreetingTest {
    private static final String WITH_KEY = "Try    curl -s -H \"Authorization: Bearer $LONGHAUL_API_KEY\" http";

    private static final SchemaState READY =
            new SchemaState(SchemaState.Status.READY, "", "", null, Instant.EPOCH, Instant.EPOCH);

    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    private static List<String> lines(String auth, boolean lacksKeys, Server server) throws Exception {
        return greeting(auth, () -> lacksKeys).lines(server);
    }

    private static Greeting greeting(String auth, BooleanSupplier lacksKeys) throws Exception {
        ServiceConfiguration configuration = new ConfigurationFiles(Map.of("LONGHAUL_AUTH", auth)::get)
                .create(ServiceConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build();
        return new Greeting(configuration, ToolRegistry.of(List.of()), new Cures("/etc/jobs.yml"), lacksKeys);
    }

    private static Server listening(String host) {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory());
        connector.setName("application");
        connector.setHost(host);
        server.addConnector(connector);
        return server;
    }

    @Test
    void theAddressesOfAConnectorWithTlsAreThoseOfHttps(@TempDir Path folder) throws Exception {
        Server server = new Server();
        HttpsConnectorFactory tls = new HttpsConnectorFactory();
        tls.setBindHost("127.0.0.1");
        tls.setPort(0);
        tls.setKeyStorePath(KeyStores.in(folder).toString());
        tls.setKeyStorePassword(KeyStores.PASSWORD);
        server.addConnector(tls.build(server, new MetricRegistry(), "application", server.getThreadPool()));
        server.start();
        try {
            String address = "https://127.0.0.1:" + server.getURI().getPort();
            assertThat(lines("none", false, server)).contains("API    " + address, "MCP    " + address + "/mcp");
            PublicUrl unset = new PublicUrl("");
            unset.lifeCycleStarting(server);
            unset.start();
            assertThat(unset.get()).isEqualTo(address);
        } finally {
            server.stop();
        }
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void theLogShowsTheCommandsWithKeysAsTheyAreTyped(LogFormat format) throws Exception {
        Greeting greeting = greeting("keys", () -> true);
        List<ILoggingEvent> logged = logged(() -> greeting.serverStarted(listening("127.0.0.1")));
        LayoutBase<ILoggingEvent> layout =
                new EventLayout(format).build(new LoggerContext(), TimeZone.getTimeZone("UTC"));
        layout.start();
        assertThat(layout.doLayout(logged.get(0)).replace("\\", ""))
                .contains("LONGHAUL_API_KEY=$(java -jar app.jar key create --name me --role admin /etc/jobs.yml)")
                .contains(WITH_KEY);
    }

    @Test
    void whoeverStartsBeforeTheSchemaIsRightHearsOfTheFirstKeyOnceItIs() throws Exception {
        AtomicBoolean lacksKeys = new AtomicBoolean();
        Greeting greeting = greeting("keys", lacksKeys::get);
        List<ILoggingEvent> logged = logged(() -> {
            greeting.schemaIs(READY);
            greeting.serverStarted(listening("127.0.0.1"));
            greeting.schemaIs(READY);
            lacksKeys.set(true);
            greeting.schemaIs(
                    new SchemaState(SchemaState.Status.MIGRATION_REQUIRED, "", "", null, Instant.EPOCH, Instant.EPOCH));
            greeting.schemaIs(READY);
            greeting.schemaIs(READY);
        });
        assertThat(logged).hasSize(2);
        assertThat(logged.get(0).getFormattedMessage()).doesNotContain("key create");
        assertThat(logged.get(1).getFormattedMessage()).startsWith("Key    export LONGHAUL_API_KEY=$(");
    }

    private static List<ILoggingEvent> logged(Runnable greeted) {
        Logger logger = (Logger) LoggerFactory.getLogger("longhaul");
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        logger.addAppender(events);
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        SecretsFilter.install();
        try {
            greeted.run();
        } finally {
            logger.detachAndStopAllAppenders();
            logger.setLevel(before);
        }
        return events.list;
    }

    @Test
    void whatRunsAsSoonAsTheServerStartsKnowsItsAddress() throws Exception {
        LifecycleEnvironment lifecycle = new LifecycleEnvironment(new MetricRegistry());
        PublicUrl unset = new PublicUrl("");
        AtomicReference<String> seen = new AtomicReference<>();
        unset.manage(lifecycle);
        lifecycle.manage(new Managed() {
            @Override
            public void start() {
                seen.set(unset.get());
            }
        });
        Server server = listening("127.0.0.1");
        lifecycle.attach(server);
        server.start();
        try {
            assertThat(seen)
                    .hasValue("http://127.0.0.1:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort());
        } finally {
            server.stop();
        }
    }

    @Test
    void whoeverListensEverywhereIsReachedOnThisMachine() throws Exception {
        for (String host : new String[] {null, "0.0.0.0", "::"}) {
            assertThat(lines("none", false, listening(host))).contains("API    http://localhost:-1");
        }
        assertThat(lines("none", false, listening("::1"))).contains("API    http://[::1]:-1");
    }

    @Test
    void withKeysTheCommandToTryCarriesOneAndTheFirstIsMadeByAnother() throws Exception {
        Server server = listening("127.0.0.1");
        String first =
                "Key    export LONGHAUL_API_KEY=$(java -jar app.jar key create --name me --role admin /etc/jobs.yml)";
        assertThat(lines("keys", true, server))
                .contains(first)
                .last()
                .asString()
                .startsWith(WITH_KEY);
        assertThat(lines("keys", false, server))
                .doesNotContain(first)
                .last()
                .asString()
                .startsWith(WITH_KEY);
        assertThat(lines("none", true, server))
                .doesNotContain(first)
                .last()
                .asString()
                .startsWith("Try    curl -s http");
    }

    @Test
    void onlyAKeyThatCountsIsOne() {
        Jdbi jdbi = Jdbi.create(database.dataSource()).installPlugin(new SqlObjectPlugin());
        Database there = new Database(database.dataSource());
        assertThat(AccessModule.lacksKeys(jdbi)).isTrue();
        there.run("INSERT INTO api_keys (id, name, hash, role, expires_at, revoked_at) VALUES"
                + " ('1', 'gone', 'a', 'admin', NULL, NOW()), ('2', 'old', 'b', 'admin', NOW(), NULL)");
        assertThat(AccessModule.lacksKeys(jdbi)).isTrue();
        there.run("INSERT INTO api_keys (id, name, hash, role) VALUES ('3', 'me', 'c', 'admin')");
        assertThat(AccessModule.lacksKeys(jdbi)).isFalse();
        there.run("ALTER TABLE api_keys RENAME TO somewhere_else");
        assertThat(AccessModule.lacksKeys(jdbi)).as("nothing is known").isFalse();
    }
}
