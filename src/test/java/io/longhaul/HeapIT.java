package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.ManyClients;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A node with a heap of 256 MB (see JarProcess), and as many clients and programs at once as a busy node has. */
class HeapIT {
    private static final int WAITING = 1_000;
    private static final int STREAMS = 1_000;
    private static final int COMMANDS = 50;
    private static final Duration LIMIT = Await.LONG.multipliedBy(4);

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private final Database database = new Database(DATABASE.dataSource());
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger streaming = new AtomicInteger();
    private final AtomicInteger told = new AtomicInteger();

    @TempDir
    Path folder;

    @Test
    void aThousandWaitAThousandFollowAndFiftyProgramsRunInASmallHeap() throws Exception {
        try (NodeProcess node = NodeProcess.start("heap", environment()).awaitReady();
                ManyClients clients = new ManyClients()) {
            for (int i = 0; i < COMMANDS; i++) {
                node.accepted("long", "{}");
            }
            Await.until("all programs run", LIMIT, () -> begun() == COMMANDS);
            for (int i = 0; i < WAITING; i++) {
                submitAndWait(clients, node);
            }
            Await.until("all jobs are there", LIMIT, () -> jobs() == COMMANDS + WAITING);
            List<String> ids = database.column("SELECT id::text FROM jobs WHERE tool_name = 'long'");
            for (int i = 0; i < STREAMS; i++) {
                follow(clients, node, ids.get(i % ids.size()));
            }
            Await.until("all streams are open", LIMIT, () -> streaming.get() == STREAMS);
            print(node);
            assertThat(answered.get()).as("answers before the jobs could begin").isZero();

            Files.createFile(folder.resolve("end"));
            Await.until("all jobs have ended", LIMIT, () -> completed() == COMMANDS + WAITING);
            Await.until("all who waited are answered", LIMIT, () -> answered.get() == WAITING);
            Await.until("all streams were told of an end", LIMIT, () -> told.get() == STREAMS);
            assertThat(clients.failures()).isEmpty();
            assertThat(node.process().isAlive()).isTrue();
            assertThat(node.process().out() + node.process().err()).doesNotContain("OutOfMemory");
        }
    }

    private Map<String, String> environment() throws IOException {
        Path tools = Files.writeString(folder.resolve("tools.yml"), """
                - type: command
                  name: long
                  command: [/bin/sh, -c, ': >"%1$s/begun-$$"; until [ -e "%1$s/end" ]; do sleep 0.5; done']
                """.formatted(folder));
        Map<String, String> environment = NodeProcess.database(DATABASE);
        environment.put("LONGHAUL_TOOLS", tools.toString());
        // No slot is free for those who wait, until the programs end.
        environment.put("LONGHAUL_CONCURRENCY", Integer.toString(COMMANDS));
        return environment;
    }

    private long begun() throws IOException {
        try (var files = Files.newDirectoryStream(folder, "begun-*")) {
            long count = 0;
            for (Path ignored : files) {
                count++;
            }
            return count;
        }
    }

    private long jobs() throws Exception {
        return database.number("SELECT count(*) FROM jobs");
    }

    private long completed() throws Exception {
        return database.number("SELECT count(*) FROM jobs WHERE status = 'completed'");
    }

    private void submitAndWait(ManyClients clients, NodeProcess node) throws IOException {
        String body = "{\"tool\": \"ping\", \"params\": {}}";
        StringBuilder answer = new StringBuilder();
        clients.send(
                node.address(),
                "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=60\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body,
                part -> countOnce(answer, part, "\"status\":\"completed\"", answered));
    }

    private void follow(ManyClients clients, NodeProcess node, String job) throws IOException {
        StringBuilder head = new StringBuilder();
        StringBuilder rest = new StringBuilder();
        clients.send(node.address(), "GET /v1/jobs/" + job + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n", part -> {
            countOnce(head, part, "text/event-stream", streaming);
            countOnce(rest, part, "event: end", told);
        });
    }

    /** Counts a client once it has read a text. */
    private static void countOnce(StringBuilder read, String part, String text, AtomicInteger count) {
        boolean before = read.indexOf(text) >= 0;
        if (!before && read.append(part).indexOf(text) >= 0) {
            count.incrementAndGet();
        }
    }

    private static void print(NodeProcess node) throws Exception {
        JsonNode gauges = node.admin("/metrics").json().path("gauges");
        System.out.printf(
                "heap: %d MB used of 256, %d threads%n",
                gauges.at("/jvm.memory.heap.used/value").asLong() >> 20,
                gauges.at("/jvm.threads.count/value").asLong());
    }
}
