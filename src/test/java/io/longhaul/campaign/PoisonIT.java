package io.longhaul.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.childprocess.Leftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A job that kills the node it runs on, each time; something starts nodes again that died. */
class PoisonIT {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @TempDir
    Path folder;

    @Test
    void aJobThatKillsItsNodesIsStoppedAfterItsLossesAndAllOthersAreDone() throws Exception {
        try (Nodes nodes = new Nodes(2, environment())) {
            String poison = submit(nodes, 0, "poison");
            List<String> others = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                others.add(submit(nodes, i, "echo"));
            }
            JsonNode failed = Await.value("the poison is stopped", Await.LONG, () -> {
                nodes.restart(0);
                nodes.restart(1);
                return look(nodes, poison)
                        .filter(job -> job.path("status").asText().equals("failed"));
            });
            nodes.restartAll();
            assertThat(failed.path("error_code").asText()).isEqualTo("WORKER_LOST");
            // The first, and one for the loss it may have.
            assertThat(failed.path("attempt").asInt()).isEqualTo(2);
            Database database = new Database(DATABASE.dataSource());
            Await.until(
                    "all others are done",
                    Await.LONG,
                    () -> database.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == others.size());
            Await.until(
                    "nothing of the poison lives",
                    Await.LONG,
                    () -> Leftovers.with("LONGHAUL_JOB_ID=" + poison).isEmpty());
        }
    }

    private Map<String, String> environment() throws IOException {
        Map<String, String> environment = NodeProcess.database(DATABASE);
        environment.put("LONGHAUL_LEASE", "3s");
        environment.put(
                "LONGHAUL_TOOLS",
                Files.writeString(folder.resolve("poison.yml"), """
                        - type: command
                          name: poison
                          max_losses: 1
                          isolated: false
                          command: [/bin/sh, -c, 'kill -KILL "$PPID"; sleep 600']
                        """).toString());
        return environment;
    }

    /** Whichever node lives takes it, once; it may die before it has answered. */
    private static String submit(Nodes nodes, int number, String tool) {
        return Await.value("job " + number + " is accepted", Await.LONG, () -> {
            nodes.restart(number % 2);
            Answer answer = nodes.at(number % 2).submit(tool, "{}", tool + "-" + number);
            return Optional.of(answer.field("job_id")).filter(id -> !id.isEmpty());
        });
    }

    private static Optional<JsonNode> look(Nodes nodes, String job) {
        for (int place = 0; place < nodes.count(); place++) {
            try {
                return Optional.of(nodes.at(place).job(job).json());
            } catch (IOException e) {
                // Dead, or not up yet.
            }
        }
        return Optional.empty();
    }
}
