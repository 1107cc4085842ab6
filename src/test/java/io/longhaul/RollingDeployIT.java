package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.Database;
import io.longhaul.testing.JarProcess;
import io.longhaul.testing.NextRelease;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A new release under load, node by node, and the old one again: no error that a client sees, no lost job. With
 * {@code -Dlonghaul.release.previous=JAR} the old one is that jar and the new one this build (.ci/previous-release); otherwise
 * the new one is this build with one more level of the schema.
 */
class RollingDeployIT {
    private static final int LEVEL = SchemaExpectation.packed().level();
    private static final Path THIS = Path.of("target", "app.jar");
    private static final String PREVIOUS = System.getProperty("longhaul.release.previous");

    /** Another release makes its own schema. */
    @RegisterExtension
    final TestDatabase testDatabase = PREVIOUS == null ? TestDatabase.migrated() : TestDatabase.empty();

    @TempDir
    Path folder;

    private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    @Test
    void swappingNodesThereAndBackIsSeenByNobody() throws Exception {
        Map<String, String> environment = NodeProcess.database(testDatabase);
        Database database = new Database(testDatabase.dataSource());
        Path old = PREVIOUS == null ? THIS : Path.of(PREVIOUS);
        Path next = PREVIOUS == null ? NextRelease.in(folder, LEVEL) : THIS;
        if (PREVIOUS != null) {
            run(old, environment, "db", "migrate", "config.yml");
        }
        nodes.add(NodeProcess.start(old, "old-1", environment));
        nodes.add(NodeProcess.start(old, "old-2", environment));
        nodes.forEach(NodeProcess::awaitReady);
        List<Thread> clients = List.of(new Thread(this::submitAndAsk), new Thread(this::submitAndAsk));
        clients.forEach(Thread::start);
        try {
            awaitJobs(20);
            NodeProcess waiting = NodeProcess.start(next, "new-1", environment);
            NodeProcess following = NodeProcess.start(next, "new-2", environment);
            run(next, environment, "db", "migrate", "config.yml");
            CommandRun compatible = run(old, environment, "schema", "verify", "--compatible", "config.yml");
            if (PREVIOUS == null) {
                assertThat(compatible.out()).contains("Applied by a newer release: 9000-next-column, 9000-next-index");
            }

            swap(0, waiting);
            assertThat(database.number(
                            "SELECT count(*) FROM nodes WHERE lease_until > NOW() AND name IN ('old-2', 'new-1')"))
                    .as("both releases work side by side")
                    .isEqualTo(2);
            awaitJobs(20);
            swap(1, following);
            awaitJobs(20);
            NodeProcess back = NodeProcess.start(old, "old-3", environment);
            swap(0, back);
            awaitJobs(20);
        } finally {
            over = true;
            for (Thread client : clients) {
                client.join();
            }
        }
        assertThat(wrong).isEmpty();
        Await.until(
                "all jobs are completed",
                Duration.ofSeconds(60),
                () -> database.number("SELECT count(*) FROM jobs WHERE status <> 'completed'") == 0);
        assertThat(database.number("SELECT count(*) FROM jobs")).isEqualTo(accepted.size());
        System.out.println("Rolling deploy: " + accepted.size() + " jobs, nobody saw an error");
        nodes.forEach(NodeProcess::close);
    }

    private static CommandRun run(Path jar, Map<String, String> environment, String... words) throws Exception {
        CommandRun run = CommandRun.of(JarProcess.start(jar, words[0] + "-" + words[1], environment, words));
        assertThat(run.exitCode()).as(run.toString()).isZero();
        return run;
    }

    /** The new node first, then the end of the old one. */
    private void swap(int place, NodeProcess node) {
        node.awaitReady();
        NodeProcess leaving = nodes.set(place, node);
        leaving.process().terminate();
        assertThat(leaving.process().awaitExit(Duration.ofSeconds(60))).isZero();
    }

    private void awaitJobs(int more) {
        int wanted = accepted.size() + more;
        Await.until("more jobs are accepted", Duration.ofSeconds(60), () -> accepted.size() >= wanted);
    }

    private void submitAndAsk() {
        while (!over) {
            String key = UUID.randomUUID().toString();
            String job = retried(node -> node.submitOnce(key, "ping", "{}")).field("job_id");
            accepted.add(job);
            retried(node -> node.job(job));
            // A hundred requests a second meet each moment of a swap; more would take the processors from the nodes
            // that start.
            LockSupport.parkNanos(50_000_000L);
        }
    }

    private interface Request {
        Answer send(NodeProcess node) throws IOException;
    }

    /** As a load balancer does: only to nodes that say they are ready, and to another one if a connection breaks. */
    private Answer retried(Request request) {
        for (int i = 0; ; i++) {
            NodeProcess node = nodes.get(i % nodes.size());
            try {
                if (node.get("/readyz").status() == 200) {
                    Answer answer = request.send(node);
                    if (answer.status() >= 300) {
                        wrong.add(answer.toString());
                    }
                    return answer;
                }
            } catch (IOException e) {
                if (i > 1_000) {
                    wrong.add("no node answers: " + e);
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
