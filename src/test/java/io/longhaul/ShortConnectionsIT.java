package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node whose role may have six connections. */
class ShortConnectionsIT {
    private static final int CLIENTS = 24;
    private static final int SUBMITS = 40;

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private final Database database = new Database(DATABASE.dataSource());
    private final String role = "narrow_" + UUID.randomUUID().toString().replace("-", "");

    @Test
    void nothingThatIsStoredIsAnsweredAsAnError() throws Exception {
        database.run("CREATE ROLE " + role + " LOGIN PASSWORD 'narrow' IN ROLE " + DATABASE.user());
        Set<String> told = ConcurrentHashMap.newKeySet();
        try (NodeProcess node = NodeProcess.start("narrow", NodeProcess.database(DATABASE.jdbcUrl(), role, "narrow"))) {
            node.awaitReady();
            database.run("ALTER ROLE " + role + " CONNECTION LIMIT 6");
            endSessions();

            List<Answer> answers = submitAll(node, told);

            assertThat(answers).hasSize(SUBMITS).allMatch(answer -> answer.status() == 201, "is accepted");
            assertThat(database.column("SELECT id FROM jobs"))
                    .containsExactlyInAnyOrderElementsOf(answers.stream()
                            .map(answer -> answer.field("job_id"))
                            .toList());
            assertThat(told).anyMatch(body -> body.contains("53300"));
            Await.until(
                    "all are done",
                    Await.LONG,
                    () -> database.number("SELECT count(*) FROM jobs WHERE status <> 'completed'") == 0);
            database.run("ALTER ROLE " + role + " CONNECTION LIMIT -1");
            Await.until(
                    "nothing is short any more",
                    Await.LONG,
                    () -> node.get("/readyz").status() == 200 && databaseIsHealthy(node));
        } finally {
            endSessions();
            database.run("DROP ROLE " + role);
        }
    }

    /** Not the whole answer: it may warn of what a test's server is set to. */
    private static boolean databaseIsHealthy(NodeProcess node) throws Exception {
        for (JsonNode check : node.get("/health").json().path("details").path("checks")) {
            if (check.path("name").asText().equals("database")) {
                return check.path("status").asText().equals("healthy");
            }
        }
        return false;
    }

    private void endSessions() {
        database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + role + "'");
    }

    private static List<Answer> submitAll(NodeProcess node, Set<String> told) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS + 1);
        try {
            List<Callable<Answer>> submits = new ArrayList<>();
            for (int i = 0; i < SUBMITS; i++) {
                submits.add(() -> node.post(
                        "/v1/jobs", "{\"tool\": \"sleep\", \"params\": {\"seconds\": 0.5}}", "Prefer", "wait=6"));
            }
            Future<?> health = clients.submit(() -> watch(node, told));
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : clients.invokeAll(submits)) {
                answers.add(answer.get());
            }
            health.cancel(true);
            return answers;
        } finally {
            clients.shutdownNow();
            assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Void watch(NodeProcess node, Set<String> told) throws Exception {
        while (!Thread.currentThread().isInterrupted()) {
            told.add(node.get("/readyz").text());
            told.add(node.get("/health").text());
        }
        return null;
    }
}
