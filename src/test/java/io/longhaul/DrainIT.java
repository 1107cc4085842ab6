package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that a service manager stops. */
class DrainIT {
    private static final String ONCE =
            "{\"tool\": \"sleep\", \"params\": {\"seconds\": 60}, \"on_worker_loss\": \"fail\"}";

    @RegisterExtension
    static final TestDatabase TEST_DATABASE = TestDatabase.migrated();

    @Test
    void aStoppedNodeEndsItsShortJobsGivesTheOthersBackAndExitsWithZero() throws Exception {
        Map<String, String> environment = NodeProcess.database(TEST_DATABASE);
        environment.put("LONGHAUL_DRAIN", "3s");
        Database database = new Database(TEST_DATABASE.dataSource());
        try (NodeProcess node = NodeProcess.start("drain", environment).awaitReady()) {
            String brief = node.accepted("sleep", "{\"seconds\": 2}");
            String lengthy = node.accepted("sleep", "{\"seconds\": 60}");
            String once = node.post("/v1/jobs", ONCE).field("job_id");
            node.awaitJob(brief, "running");
            node.awaitJob(lengthy, "running");
            node.awaitJob(once, "running");

            node.process().terminate();

            Await.until(
                    "the node says that it stops",
                    Duration.ofSeconds(2),
                    () -> node.get("/readyz").field("error_code").equals("DRAINING"));
            assertThat(node.get("/readyz").status()).isEqualTo(503);
            assertThat(node.get("/healthz").status()).isEqualTo(200);
            assertThat(node.job(lengthy).field("status")).isEqualTo("running");
            Answer late = node.submit("ping", "{}");
            assertThat(late.status()).isEqualTo(201);
            assertThat(node.process().awaitExit(Duration.ofSeconds(8))).isZero();

            assertThat(status(database, brief)).isEqualTo("completed 1 0");
            // The attempt is spent, and nothing counts as a failure or a loss.
            assertThat(status(database, lengthy)).isEqualTo("pending 1 0");
            assertThat(status(database, once)).isEqualTo("failed 1 1");
            assertThat(status(database, late.field("job_id"))).isEqualTo("pending 0 0");
            assertThat(database.column("SELECT id FROM nodes")).isEmpty();
            assertThat(database.column("SELECT job_id FROM job_leases")).isEmpty();
        }
    }

    private static String status(Database database, String job) {
        return database.column(
                        "SELECT concat_ws(' ', status, attempt, failures + losses) FROM jobs WHERE id = '" + job + "'")
                .get(0);
    }
}
