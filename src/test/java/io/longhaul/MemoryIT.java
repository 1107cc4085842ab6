package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A node with a heap of 256 MB (see JarProcess), and more results than fit into it. */
class MemoryIT {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    /** {@code -Dlonghaul.memory.jobs=1000} for more. */
    private static final int JOBS = Integer.getInteger("longhaul.memory.jobs", 300);

    private static final int BYTES = 1_000_000;

    /** All results pass through a heap that holds a few dozen of them. */
    private static final Duration LIMIT = Await.LONG.multipliedBy(1 + JOBS / 300);

    @TempDir
    Path folder;

    @Test
    void moreResultsAtOnceThanTheHeapHoldsAllArriveAndOneThatIsTooLargeFailsItsJobOnly() throws Exception {
        Path gate = folder.resolve("gate");
        assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor())
                .isZero();
        Map<String, String> environment = NodeProcess.database(DATABASE);
        environment.put("LONGHAUL_CONCURRENCY", Integer.toString(JOBS + 1));
        environment.put("LONGHAUL_TOOLS", tools(gate).toString());
        Database database = new Database(DATABASE.dataSource());
        try (NodeProcess node = NodeProcess.start("memory", environment).awaitReady()) {
            for (int i = 0; i < JOBS; i++) {
                node.accepted("big", "{\"bytes\": " + BYTES + "}");
            }
            String huge = node.accepted("big", "{\"bytes\": " + (64 << 20) + "}");
            Await.until(
                    "all run",
                    LIMIT,
                    () -> database.number("SELECT count(*) FROM job_leases") == JOBS + 1
                            && Files.list(folder.resolve("begun")).count() == JOBS + 1);
            // Each reads a line from it. It stays open, so that none that opens it late waits for ever.
            try (OutputStream opened = Files.newOutputStream(gate)) {
                opened.write("\n".repeat(JOBS + 1).getBytes(StandardCharsets.US_ASCII));
                opened.flush();
                Await.until(
                        "all have ended",
                        LIMIT,
                        () -> database.number("SELECT count(*) FROM jobs WHERE status IN ('pending', 'running')") == 0);
            }
            check(database, node, huge);
        }
    }

    @Test
    void jobsThatAreLargerWrittenOutThanStoredRunOneAfterTheOther() throws Exception {
        Database database = new Database(DATABASE.dataSource());
        try (NodeProcess node =
                NodeProcess.start("wide", NodeProcess.database(DATABASE)).awaitReady()) {
            // As an older release stored them: 16 MB each, and 79 MB.
            store(database, 120, 16);
            store(database, 600, 1);
            Await.until(
                    "all have ended",
                    LIMIT,
                    () -> database.number("SELECT count(*) FROM jobs WHERE tool_name = 'echo'"
                                    + " AND status IN ('completed', 'failed')")
                            == 17);
            assertThat(database.number("SELECT count(*) FROM jobs WHERE tool_name = 'echo' AND status = 'completed'"))
                    .isEqualTo(16);
            assertThat(database.column("SELECT error_message FROM jobs WHERE tool_name = 'echo' AND status = 'failed'"))
                    .singleElement()
                    .asString()
                    .startsWith("The params are larger than the ");
            assertThat(node.process().out() + node.process().err()).doesNotContain("OutOfMemory");
        }
    }

    private static void store(Database database, int numbers, int jobs) throws Exception {
        database.run("INSERT INTO jobs (tool_name, trace_id, parameters, expires_at)"
                + " SELECT 'echo', 't', jsonb_build_object('n', (SELECT jsonb_agg('1e131071'::jsonb)"
                + " FROM generate_series(1, " + numbers + "))), NOW() + INTERVAL '1 h'"
                + " FROM generate_series(1, " + jobs + ")");
    }

    private static void check(Database database, NodeProcess node, String huge) throws Exception {
        assertThat(database.number("SELECT count(*) FROM jobs WHERE status = 'completed' AND attempt = 1"
                        + " AND octet_length(result #>> '{}') = " + BYTES))
                .isEqualTo(JOBS);
        JsonNode failed = node.job(huge).json();
        assertThat(failed.path("error_code").asText()).isEqualTo("RESULT_TOO_LARGE");
        assertThat(failed.path("error").asText()).contains("16777216 bytes");
        String one = database.column("SELECT id FROM jobs WHERE tool_name = 'big' AND status = 'completed' LIMIT 1")
                .get(0);
        assertThat(node.job(one).json().path("result").asText()).hasSize(BYTES);
        assertThat(node.process().isAlive()).isTrue();
        assertThat(node.process().out() + node.process().err()).doesNotContain("OutOfMemory");
    }

    private Path tools(Path gate) throws Exception {
        Files.createDirectory(folder.resolve("begun"));
        return Files.writeString(folder.resolve("big.yml"), """
                - type: command
                  name: big
                  params: {type: object, properties: {bytes: {type: integer}}, required: [bytes]}
                  stdin: none
                  command:
                    - /bin/sh
                    - -c
                    - ': >"%s/begun/$$"; read -r nothing <"%s"; head -c "$1" /dev/zero | tr "\\0" x'
                    - big
                    - "{bytes}"
                """.formatted(folder, gate));
    }
}
