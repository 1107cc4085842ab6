package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.migrate.Migrator;
import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.Load;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.Probe;
import io.longhaul.testing.StoppableServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node while its PostgreSQL is away. */
class OutageIT {
    @TempDir
    static Path folder;

    private static StoppableServer postgres;
    private static Database database;
    private NodeProcess node;

    @BeforeAll
    static void createDatabase() throws Exception {
        postgres = StoppableServer.in(folder);
        postgres.start();
        database = new Database(postgres.dataSource());
        new Migrator(postgres.dataSource(), line -> {}).migrate();
    }

    @AfterEach
    void stopNode() {
        node.close();
    }

    @AfterAll
    static void stopDatabase() throws Exception {
        postgres.close();
    }

    @Test
    void aServerStartsBeforeItsDatabaseAndIsReadyOnceThatIsUp() throws Exception {
        postgres.crash();
        node = start().awaitAlive();

        Answer unready = node.get("/readyz");
        Answer refused = node.submit("ping", "{}");
        postgres.start();
        Await.until(
                "the node is ready",
                Duration.ofSeconds(15),
                () -> node.get("/readyz").status() == 200);

        assertThat(unready.status()).isEqualTo(503);
        assertThat(unready.field("error_code")).isEqualTo("DATABASE_UNAVAILABLE");
        assertUnavailable(refused);
        node.awaitJob(node.accepted("ping", "{}"), "completed");
    }

    @Test
    void aCrashOfPostgresUnderLoadLosesNoAcceptedJob() throws Exception {
        postgres.start();
        node = start().awaitReady();
        String running = node.accepted("sleep", "{\"seconds\": 8}");
        node.awaitJob(running, "running");
        List<String> accepted;
        try (Probe liveness = new Probe(node, "/healthz");
                Load load = new Load(node, 4, "echo", "{\"seconds\": 0.05}")) {
            Await.until(
                    "many jobs are accepted", Await.LONG, () -> load.accepted().size() > 200);

            postgres.crash();
            Duration noticed = Await.until(
                    "the outage is seen",
                    Duration.ofSeconds(5),
                    () -> node.get("/readyz").field("error_code").equals("DATABASE_UNAVAILABLE"));
            System.out.println("The outage was seen after " + noticed.toMillis() + " ms");
            Await.until("many are refused", Await.LONG, () -> load.refused().size() > 50);
            postgres.start();
            Duration back = Await.until(
                    "the node is ready again",
                    Duration.ofSeconds(15),
                    () -> node.get("/readyz").status() == 200);
            System.out.println("The node was ready again after " + back.toMillis() + " ms");
            int before = load.accepted().size();
            Await.until(
                    "jobs are accepted again", Await.LONG, () -> load.accepted().size() > before + 200);
            load.stop();

            accepted = load.accepted();
            assertThat(load.unanswered()).isZero();
            assertThat(load.refused()).allSatisfy(OutageIT::assertUnavailable);
            assertThat(liveness.answers()).hasSizeGreaterThan(10).containsOnly(200);
        }
        Duration done = Await.until("no job is left", Await.LONG, () -> database.number("""
                        SELECT count(*) FROM jobs WHERE status <> 'completed'
                        """) == 0);
        System.out.println("All jobs were done after " + done.toMillis() + " ms");
        assertThat(database.column("SELECT id FROM jobs")).containsAll(accepted);
        assertThat(node.job(running).json().path("attempt").asInt()).isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM job_leases")).isZero();
        assertThat(node.process().isAlive()).isTrue();
    }

    private static NodeProcess start() {
        Map<String, String> environment =
                NodeProcess.database(postgres.jdbcUrl(), postgres.user(), postgres.password());
        return NodeProcess.start("outage", environment);
    }

    private static void assertUnavailable(Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        // What was on its way when the server crashed may have been committed.
        assertThat(answer.field("error_code")).isIn("DATABASE_UNAVAILABLE", "OUTCOME_UNKNOWN");
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.retryAfter()).matches("[1-9][0-9]*");
    }
}
