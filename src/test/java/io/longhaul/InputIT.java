package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A job that waits for input when its node is killed. */
class InputIT {
    @RegisterExtension
    static final TestDatabase TEST_DATABASE = TestDatabase.migrated();

    @TempDir
    static Path folder;

    private static NodeProcess start(String name) throws IOException {
        Path tools = folder.resolve("tools.yml");
        Files.writeString(
                tools,
                "[{type: command, name: remove, stdin: answers, command: [sh, '"
                        + Path.of("examples/approval.sh").toAbsolutePath() + "']}]");
        Map<String, String> environment = NodeProcess.database(TEST_DATABASE);
        environment.put("LONGHAUL_TOOLS", tools.toString());
        environment.put("LONGHAUL_LEASE", "3s");
        return NodeProcess.start(name, environment);
    }

    @Test
    void theQuestionOfAKilledNodeIsAnsweredOnTheOtherAndAskedOnce() throws Exception {
        Database database = new Database(TEST_DATABASE.dataSource());
        try (NodeProcess first = start("first").awaitReady()) {
            String job = first.accepted("remove", "{}");
            Await.until(
                    "it waits for input",
                    Await.LONG,
                    () -> first.job(job).field("waiting_for_input").equals("true"));
            first.process().kill();
            try (NodeProcess second = start("second").awaitReady()) {
                assertThat(second.job(job).field("waiting_for_input")).isEqualTo("true");
                Answer answered =
                        second.post("/v1/jobs/" + job + "/inputs/approve", "{\"content\": {\"confirmed\": true}}");
                assertThat(answered.status()).isEqualTo(200);
                assertThat(second.awaitJob(job, "completed").field("result")).isEqualTo("removed");
            }
            assertThat(database.column("SELECT key || ' ' || attempt FROM job_inputs"))
                    .containsExactly("approve 2");
        }
    }
}
