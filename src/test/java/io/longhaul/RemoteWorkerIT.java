package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Remote workers and real nodes, which are killed and whose tools change. */
class RemoteWorkerIT {
    private static final String TOKEN = "Longhaul-Worker-Token";

    @RegisterExtension
    static final TestDatabase TEST_DATABASE = TestDatabase.migrated();

    @TempDir
    Path folder;

    @Test
    void aWorkersJobOutlivesTheNodeThatGaveItOut() throws Exception {
        Map<String, String> environment = NodeProcess.database(TEST_DATABASE);
        JsonNode job;
        String token;
        try (NodeProcess first = NodeProcess.start("first", environment).awaitReady()) {
            Answer known = first.post("/v1/workers", "{\"name\": \"far\", \"tools\": [{\"name\": \"fold\"}]}");
            token = known.field("worker_token");
            String id = first.accepted("fold", "{\"n\": 1}");
            job = claim(first, token);
            assertThat(job.path("job_id").asText()).isEqualTo(id);
            first.process().kill();
        }
        try (NodeProcess second = NodeProcess.start("second", environment).awaitReady()) {
            Answer end = second.post(job.path("url").asText() + "/complete", "{\"result\": 2}", TOKEN, token);
            assertThat(end.status()).as(end.text()).isEqualTo(200);
            Answer done = second.job(job.path("job_id").asText());
            assertThat(done.field("status")).isEqualTo("completed");
            assertThat(done.field("result")).isEqualTo("2");
            assertThat(done.field("attempt")).isEqualTo("1");
            // Its tool is in the database, so the second node has it, too.
            assertThat(second.submit("fold", "{}").status()).isEqualTo(201);
        }
    }

    private static JsonNode claim(NodeProcess node, String token) throws IOException {
        return node.post("/v1/workers/claim", "{\"tools\": [\"fold\"], \"wait\": 20}", TOKEN, token)
                .json()
                .path("jobs")
                .path(0);
    }

    @Test
    void toolsChangeWhileTheServerRuns() throws Exception {
        Path tools = write("- {type: command, name: slow, command: [sleep, '3']}\n");
        Map<String, String> environment = NodeProcess.database(TEST_DATABASE);
        environment.put("LONGHAUL_TOOLS", tools.toString());
        try (NodeProcess node = NodeProcess.start("reload", environment).awaitReady()) {
            String running = node.accepted("slow", "{}");
            node.awaitJob(running, "running");

            write("- {type: command, name: quick, command: [echo, hello]}\n");
            node.process().hangUp();
            Await.until(
                    "the new tool is there",
                    Await.LONG,
                    () -> node.submit("quick", "{}").status() == 201);
            assertThat(node.submit("slow", "{}").status()).isEqualTo(422);
            assertThat(node.awaitJob(running, "completed").field("attempt")).isEqualTo("1");

            write("- {type: command, name: quick, command: [echo, hello]}\n- {type: command, name: wrong}\n");
            Answer refused = node.task("reload-tools");
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text()).contains("The tools stay as they are.", tools + ":2: tool 'wrong'");
            assertThat(node.submit("quick", "{}").status()).isEqualTo(201);

            write("- {type: command, name: other, command: [echo, hello]}\n");
            Answer taken = node.task("reload-tools");
            assertThat(taken.status()).isEqualTo(200);
            assertThat(taken.text()).contains("new: other", "gone, whose jobs wait: quick");
        }
    }

    @Test
    void checkTellsEveryMistakeWithItsLine() throws Exception {
        Path tools = write("- type: command\n  name: a\n  comand: [x]\n  timout: 1s\n- {type: remote}\n");
        CommandRun run = CommandRun.of(Map.of("LONGHAUL_TOOLS", tools.toString()), "check", "config.yml");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines())
                .anyMatch(line -> line.startsWith("check: " + tools + ":3: [0].comand: there is no setting 'comand'"))
                .anyMatch(line -> line.startsWith("check: " + tools + ":4: [0].timout: there is no setting 'timout'"))
                .anyMatch(line -> line.startsWith("check: " + tools + ":5: tool without a name"));
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("tools.yml"), yaml);
    }
}
