package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.client.JobFilter;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.Operation;
import io.longhaul.client.OperationRequest;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operation outlives the node that works on it. */
class OperationIT {
    private static final int JOBS = 3_200;

    @RegisterExtension
    static final TestDatabase TEST_DATABASE = TestDatabase.migrated();

    private static final Map<String, NodeProcess> NODES = new HashMap<>();

    private static Database database;

    @BeforeAll
    static void start() {
        database = new Database(TEST_DATABASE.dataSource());
        for (String name : new String[] {"a", "b"}) {
            Map<String, String> environment = NodeProcess.database(TEST_DATABASE);
            environment.put("LONGHAUL_LEASE", "3s");
            NODES.put(name, NodeProcess.start(name, environment));
        }
        NODES.values().forEach(NodeProcess::awaitReady);
    }

    @AfterAll
    static void end() {
        NODES.values().forEach(NodeProcess::close);
    }

    @Test
    void aKilledNodesOperationGoesOnElsewhereAndEachJobIsRetriedOnce() throws IOException {
        database.run("""
                INSERT INTO jobs (tool_name, trace_id, parameters, status, error_code, error_message, started_at,
                                  completed_at, expires_at)
                SELECT 'ping', 'lost', '{}', 'failed', 'TOOL_ERROR', 'broke', NOW(), NOW(), NOW() + INTERVAL '1 day'
                FROM generate_series(1, %d)
                """.formatted(JOBS));
        Await.until("a node has the work", Await.LONG, () -> !worker().isEmpty());
        String worker = worker();
        String other = worker.equals("a") ? "b" : "a";
        LonghaulClient client = NODES.get(other).client();
        Operation begun = client.operations().begin(OperationRequest.retry(JobFilter.ALL.traceId("lost")));

        Await.until("a part is done", Await.LONG, () -> done(begun.id()) >= 600);
        NODES.get(worker).process().kill();
        long doneByThen = done(begun.id());
        assertThat(doneByThen).isLessThan(JOBS);
        long killed = System.nanoTime();
        Operation ended = client.operations().await(begun.id(), Duration.ofSeconds(60));

        System.out.printf(
                "The node died after %d of %d jobs; the other had done the rest after %d ms%n",
                doneByThen, JOBS, Duration.ofNanos(System.nanoTime() - killed).toMillis());
        assertThat(ended.state()).isEqualTo("completed");
        assertThat(ended.done()).isEqualTo(JOBS);
        assertThat(ended.matched()).isEqualTo(JOBS);
        assertThat(client.operations().outcomes(begun.id()))
                .hasSize(JOBS)
                .allMatch(job -> job.outcome().equals("done"))
                .extracting(Operation.Outcome::newJobId)
                .doesNotHaveDuplicates();
        assertThat(database.number("SELECT count(*) FROM jobs WHERE retry_of IS NOT NULL"))
                .isEqualTo(JOBS);
        assertThat(database.number("SELECT count(DISTINCT retry_of) FROM jobs")).isEqualTo(JOBS);
        assertThat(database.number(
                        "SELECT count(*) FROM jobs WHERE idempotency_key = '" + begun.id() + "/' || retry_of"))
                .isEqualTo(JOBS);
    }

    /** The node that does the work of operations; empty as long as none does. */
    private static String worker() {
        return database.column("""
                        SELECT n.name
                        FROM housekeepers h JOIN nodes n ON n.id = h.node_id
                        WHERE h.task = 'operations'
                        """).stream().findFirst().orElse("");
    }

    private static long done(UUID operation) {
        return database.number("SELECT done FROM operations WHERE id = '" + operation + "'");
    }
}
