package io.longhaul.campaign;

import static io.longhaul.campaign.ClockFaults.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** No room, memory, files or connections left, for a while. */
final class ShortageFaults {
    private static final Duration NOTICED = Duration.ofSeconds(40);

    private ShortageFaults() {}

    static String nodeDisk(Path work) throws Exception {
        Path disk = work.resolve("node");
        Path tools = Files.writeString(work.resolve("big.yml"), """
                - type: command
                  name: big
                  params: {type: object}
                  command: [/bin/sh, -c, "head -c 200000 /dev/zero | tr '\\\\0' x | sed 's/.*/\\"&\\"/'"]
                  retry: {max_attempts: 20, backoff: 1s}
                """);
        Map<String, String> small = Map.of(
                "LONGHAUL_FILES", disk.resolve("files").toString(),
                "JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + disk,
                "LONGHAUL_TOOLS", tools.toString());
        try (FaultBench bench = new FaultBench(work, Map.of());
                NodeProcess node = bench.node("small-disk", small)) {
            node.awaitJob(node.accepted("big", "{}"), "completed");
            DiskFiller filler = DiskFiller.fill(disk);
            String job = node.accepted("big", "{}");
            String reason = Await.value("the attempt fails", NOTICED, () -> {
                List<String> errors =
                        bench.database().column("SELECT error_message FROM job_attempts WHERE job_id = '" + job + "'");
                return errors.stream().findFirst();
            });
            bench.saw("a job's attempt fails with \"" + reason + "\"");
            node.awaitJob(node.accepted("ping", "{}"), "completed");
            check(node.get("/readyz").status() == 200, "the node is not ready");
            filler.close();
            node.awaitJob(job, "completed");
            bench.saw("jobs without files go on; once there is room the job completes in a later attempt");
            return bench.seen();
        }
    }

    static String databaseDisk(Path work) throws Exception {
        Path disk = work.resolve("postgres");
        try (FaultBench bench = new FaultBench(work, Map.of());
                NodeProcess node = bench.node("database-disk", Map.of())) {
            Clients clients = new Clients(Nodes.of(bench.environment(), node), 1, 3);
            String running = node.accepted("ledger", "{\"seconds\": 8}");
            node.awaitJob(running, "running");
            DiskFiller filler = DiskFiller.fill(disk);
            Await.until("the node says so", NOTICED, () -> {
                filler.more();
                return node.get("/readyz").status() == 503;
            });
            bench.saw("/readyz 503 " + node.get("/readyz").field("error_code") + ": "
                    + node.get("/readyz").field("message"));
            check(node.get("/healthz").status() == 200, "the node is not alive");
            filler.close();
            // A full disk for the log of changes ends PostgreSQL itself; its supervisor starts it again.
            bench.postgres().startAgainIfEnded();
            Duration back = Await.until(
                    "the node is ready",
                    Duration.ofSeconds(60),
                    () -> node.get("/readyz").status() == 200);
            bench.saw("ready " + back.toMillis() / 1_000 + " s after there was room");
            clients.stop();
            bench.judge(clients);
            check(node.awaitJob(running, "completed").json().path("attempt").asInt() == 1, "a second attempt");
            return bench.seen();
        }
    }

    static String memory(Path work) throws Exception {
        Map<String, String> small = Map.of(
                "_JAVA_OPTIONS",
                "-Xmx96m",
                "LONGHAUL_PLUGINS",
                work.resolve("plugins").toString());
        try (FaultBench bench = new FaultBench(work, Map.of());
                NodeProcess node = bench.node("memory", small)) {
            Set<String> accepted = new HashSet<>();
            // Later than its own answer, which would be cut short for want of memory.
            String eater = node.post(
                            "/v1/jobs",
                            "{\"tool\": \"eat\", \"run_at\": \"" + Instant.now().plusSeconds(2) + "\"}")
                    .field("job_id");
            long end = System.nanoTime() + Duration.ofSeconds(8).toNanos();
            while (System.nanoTime() < end) {
                accept(node, accepted);
            }
            JsonNode failed = node.awaitJob(eater, "failed").json();
            bench.saw("the tool's job fails: " + failed.path("error_code").asText() + ", "
                    + failed.path("error").asText());
            for (int i = 0; i < 10; i++) {
                accept(node, accepted);
            }
            bench.checkCompleted(accepted);
            check(node.get("/readyz").status() == 200 && node.process().isAlive(), "the node did not recover");
            long told = (node.process().out() + node.process().err())
                    .lines()
                    .filter(line -> line.contains("OutOfMemory"))
                    .count();
            bench.saw(accepted.size() + " other jobs accepted meanwhile, all completed; " + told
                    + " lines of the log name the lack of memory");
            return bench.seen();
        }
    }

    static String files(Path work) throws Exception {
        try (FaultBench bench = new FaultBench(work, Map.of());
                NodeProcess node = bench.node("files", Map.of())) {
            Set<String> accepted = new HashSet<>();
            accept(node, accepted);
            String before = Programs.lines(
                            "sh",
                            "-c",
                            "prlimit --pid " + node.process().pid() + " --nofile --raw --noheadings -o SOFT")
                    .get(0)
                    .strip();
            long open = Programs.lines("ls", "/proc/" + node.process().pid() + "/fd")
                    .size();
            limit(node, Long.toString(open + 4));
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            int refused = 0;
            while (System.nanoTime() < end) {
                for (String tool : new String[] {"ping", "ledger"}) {
                    refused += submit(node, tool, accepted) ? 0 : 1;
                }
            }
            limit(node, before);
            Await.until("the node is ready", NOTICED, () -> node.get("/readyz").status() == 200);
            accept(node, accepted);
            bench.awaitAllEnded();
            List<String> ends = bench.database()
                    .column(
                            "SELECT concat_ws(' ', status, error_code, count(*)) FROM jobs GROUP BY status, error_code");
            Set<String> stored = Set.copyOf(bench.database().column("SELECT id FROM jobs"));
            check(stored.containsAll(accepted), "an accepted job is lost");
            bench.saw(accepted.size() + " accepted, " + refused + " not; ends " + ends);
            bench.saw("the log: "
                    + (node.process().out() + node.process().err())
                            .lines()
                            .filter(line -> line.contains("Too many open files") || line.contains("open files"))
                            .findFirst()
                            .orElse("says nothing of it"));
            node.awaitJob(node.accepted("ledger", "{\"seconds\": 0}"), "completed");
            return bench.seen();
        }
    }

    private static void limit(NodeProcess node, String files) throws IOException {
        Programs.run("prlimit", "--pid", Long.toString(node.process().pid()), "--nofile=" + files + ":");
    }

    static String connections(Path work) throws Exception {
        try (FaultBench bench = new FaultBench(work, Map.of(), "max_connections=40");
                NodeProcess node = bench.node("connections", Map.of())) {
            Set<String> accepted = new HashSet<>();
            accept(node, accepted);
            List<Connection> others = new ArrayList<>();
            try {
                takeAll(bench, others);
                bench.saw("/readyz "
                        + Await.value("the node says so", NOTICED, () -> {
                            takeAll(bench, others);
                            Answer ready = node.get("/readyz");
                            submit(node, "ping", accepted);
                            return ready.status() == 503
                                    ? java.util.Optional.of(
                                            "503 " + ready.field("error_code") + ": " + ready.field("message"))
                                    : java.util.Optional.<String>empty();
                        }));
            } finally {
                for (Connection other : others) {
                    other.close();
                }
            }
            Duration back = Await.until(
                    "the node is ready", NOTICED, () -> node.get("/readyz").status() == 200);
            bench.saw("ready " + back.toMillis() / 1_000 + " s after they were given back");
            accept(node, accepted);
            bench.checkCompleted(accepted);
            return bench.seen();
        }
    }

    /** Takes what is free, and ends the node's sessions so that more is. */
    private static void takeAll(FaultBench bench, List<Connection> others) throws SQLException {
        try {
            while (true) {
                others.add(bench.postgres().dataSource().getConnection());
            }
        } catch (SQLException full) {
            others.get(0)
                    .createStatement()
                    .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE application_name LIKE 'longhaul%'");
        }
    }

    private static void accept(NodeProcess node, Set<String> accepted) {
        submit(node, "echo", accepted);
    }

    private static boolean submit(NodeProcess node, String tool, Set<String> accepted) {
        try {
            Answer answer = node.submit(
                    tool, tool.equals("ledger") ? "{\"seconds\": 0}" : "{\"text\": \"" + "x".repeat(1_000) + "\"}");
            if (answer.status() == 201) {
                accepted.add(answer.field("job_id"));
            } else {
                check(answer.status() == 503 || answer.status() == 500, "an answer " + answer);
            }
            return answer.status() == 201;
        } catch (IOException e) {
            return false;
        }
    }
}
