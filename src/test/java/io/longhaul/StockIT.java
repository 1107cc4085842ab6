package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.schema.migrate.Migrator;
import io.longhaul.testing.Await;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.Database;
import io.longhaul.testing.ExplainLog;
import io.longhaul.testing.HostileRole;
import io.longhaul.testing.InstalledPostgres;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.StoppableServer;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.Tour;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** All that a node does, on a PostgreSQL as its distribution delivers it, and under a role with settings of its own. */
class StockIT {
    private static final int BATCH = 200;

    /** Three times a busy machine's usual worst; a statement that is compiled takes more, each time. */
    private static final double SLOW_MILLIS = 100;

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.empty();

    @TempDir
    Path folder;

    @Test
    void settingsOfARoleChangeNothingOnAnyPath() throws Exception {
        String role = "hostile_" + ProcessHandle.current().pid() + "_" + System.nanoTime();
        Database database = new Database(DATABASE.dataSource());
        HostileRole.create(database, role);
        Map<String, String> environment = NodeProcess.database(DATABASE.jdbcUrl(), role, HostileRole.PASSWORD);
        succeed(environment, "db", "migrate", "config.yml");
        tour(environment, database, StockIT::warnsOfTheRole);
        succeed(environment, "db", "rollback", "config.yml", "-c", "3");
        succeed(environment, "db", "migrate", "config.yml");
        succeed(environment, "schema", "verify", "config.yml");
        HostileRole.drop(database, role);
    }

    private static void warnsOfTheRole(NodeProcess node) throws IOException {
        Await.until(
                "the settings are told",
                Await.LONG,
                () -> settings(node).path("status").asText().equals("degraded"));
        assertThat(node.get("/health").status()).isEqualTo(200);
        assertThat(settings(node).at("/details/warnings").findValuesAsText("setting"))
                .contains("work_mem", "synchronous_commit");
        assertThat(node.get("/readyz").status()).isEqualTo(200);
    }

    private static JsonNode settings(NodeProcess node) throws IOException {
        for (JsonNode check : node.get("/health").json().at("/details/checks")) {
            if (check.path("name").asText().equals("database-settings")) {
                return check;
            }
        }
        throw new AssertionError("no such check");
    }

    private static void succeed(Map<String, String> environment, String... command) {
        CommandRun run = CommandRun.of(environment, command);
        assertThat(run.exitCode())
                .as(String.join(" ", command) + ": " + run.out() + run.err())
                .isZero();
    }

    private interface Look {
        void at(NodeProcess node) throws IOException;
    }

    private void tour(Map<String, String> environment, Database database, Look look) throws Exception {
        try (Tour tour = new Tour(folder)) {
            environment.putAll(tour.environment());
            try (NodeProcess node = NodeProcess.start("tour", environment).awaitReady()) {
                look.at(node);
                tour.run(node, database);
                submitEach(node);
            }
        }
    }

    /** Side by side, as where each transaction is serializable some of them fail. */
    private static void submitEach(NodeProcess node) {
        assertThat(IntStream.range(0, BATCH).parallel().map(i -> submitted(node)))
                .containsOnly(201);
    }

    private static int submitted(NodeProcess node) {
        try {
            return node.submit("echo", "{}").status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Where none is installed the JIT compiler cannot be had either: what remains is whether all works.
    @Test
    void noStatementIsCompiledOrSlowOnAStockServer() throws Exception {
        boolean installed = InstalledPostgres.isThere();
        try (StoppableServer server = installed
                ? InstalledPostgres.create(ExplainLog.SETTINGS.toArray(String[]::new))
                : StoppableServer.in(folder.resolve("postgres"))) {
            server.start();
            new Migrator(server.dataSource(), line -> {}).migrate();
            Map<String, String> environment = NodeProcess.database(server.jdbcUrl(), server.user(), server.password());
            tour(environment, new Database(server.dataSource()), node -> {});
            if (installed) {
                ExplainLog log = ExplainLog.read(((InstalledPostgres) server).log());
                assertThat(log.statements()).as("statements").hasSizeGreaterThan(80);
                assertThat(log.compiled()).as("statements that are compiled").isEmpty();
                assertThat(log.slowerThan(SLOW_MILLIS))
                        .as("statements that are slow")
                        .isEmpty();
            }
        }
    }
}
