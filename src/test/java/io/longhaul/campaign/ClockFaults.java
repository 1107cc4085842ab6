package io.longhaul.campaign;

import io.longhaul.testing.Await;
import io.longhaul.testing.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Clocks that are wrong, or are set while all works, and a node that stands still for five seconds. */
final class ClockFaults {
    private static final String LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private ClockFaults() {}

    /** A program's clock is what the file says, as in {@code +1h}; its steady clock is left alone, as when a clock is set. */
    private static Map<String, String> clock(Path file) {
        return Map.ofEntries(
                Map.entry("LD_PRELOAD", LIBRARY),
                Map.entry("FAKETIME_TIMESTAMP_FILE", file.toString()),
                Map.entry("FAKETIME_CACHE_DURATION", "1"),
                Map.entry("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
                // With it, timed waits of the virtual machine never end.
                Map.entry("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
                Map.entry("NO_FAKE_STAT", "1"));
    }

    private static void set(Path file, String time) throws IOException {
        Path next = Files.writeString(Path.of(file + ".next"), time);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path clockFile(Path work, String name, String time) throws IOException {
        return Files.writeString(work.resolve("clock-" + name), time);
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    static String nodes(Path work) throws Exception {
        Path jumping = clockFile(work, "jumping", "+0");
        try (FaultBench bench = new FaultBench(work, Map.of());
                NodeProcess fast = bench.node("clock-fast", clock(clockFile(work, "fast", "+1h")));
                NodeProcess slow = bench.node("clock-slow", clock(clockFile(work, "slow", "-1h")));
                NodeProcess jumps = bench.node("clock-jumps", clock(jumping))) {
            Clients clients = new Clients(Nodes.of(bench.environment(), fast, slow, jumps), 1, 3);
            for (String time : new String[] {"+1h", "-1h", "+0", "-1h", "+1h"}) {
                pause(Duration.ofSeconds(6));
                set(jumping, time);
            }
            pause(Duration.ofSeconds(6));
            clients.stop();
            bench.judge(clients);
            check(bench.losses() == 0, "leases were lost");
            bench.saw("five jumps, no lease lost");
            String late = fast.accepted("ledger", "{\"seconds\": 1}");
            fast.awaitJob(late, "completed");
            return bench.seen();
        }
    }

    static String database(Path work) throws Exception {
        Path clock = clockFile(work, "database", "+0");
        try (FaultBench bench = new FaultBench(work, clock(clock));
                NodeProcess first = bench.node("database-clock-1", Map.of());
                NodeProcess second = bench.node("database-clock-2", Map.of());
                NodeProcess doomed = bench.node("database-clock-3", Map.of("LONGHAUL_CONCURRENCY", "2"))) {
            Clients clients = new Clients(Nodes.of(bench.environment(), first, second), 1, 3);
            pause(Duration.ofSeconds(8));
            long before = bench.database().number("SELECT extract(epoch FROM now())::bigint");
            set(clock, "+1h");
            pause(Duration.ofSeconds(40));
            long after = bench.database().number("SELECT extract(epoch FROM now())::bigint");
            check(after - before > 3_000, "the clock was not set, " + (after - before));
            check(bench.losses() == 0, "a jump forward lost leases: " + bench.losses());
            bench.saw("an hour forward: no lease lost");
            doomed.process().kill();
            set(clock, "+0");
            pause(Duration.ofSeconds(3));
            String kept = first.accepted("ledger", "{\"seconds\": 2}");
            Duration gone = Await.until(
                    "the dead node is given up",
                    Duration.ofSeconds(90),
                    () -> bench.database().number("SELECT count(*) FROM nodes WHERE name = 'database-clock-3'") == 0);
            bench.saw("an hour back: a node killed just before was given up after " + gone.toSeconds() + " s");
            clients.stop();
            bench.judge(clients);
            first.awaitJob(kept, "completed");
            check(
                    bench.database().number("SELECT count(*) FROM nodes WHERE lease_until > now()") == 2,
                    "living nodes were given up");
            bench.saw("losses " + bench.losses() + ", of the killed node's jobs");
            return bench.seen();
        }
    }

    static String pause(Path work) throws Exception {
        try (FaultBench bench = new FaultBench(work, Map.of());
                NodeProcess paused = bench.node("paused", Map.of());
                NodeProcess other = bench.node("pause-other", Map.of())) {
            String job = paused.accepted("ledger", "{\"seconds\": 20}");
            paused.awaitJob(job, "running");
            for (NodeProcess node : new NodeProcess[] {paused, other}) {
                node.process().pause();
                pause(Duration.ofSeconds(5));
                node.process().resume();
                pause(Duration.ofSeconds(2));
            }
            int attempt =
                    paused.awaitJob(job, "completed").json().path("attempt").asInt();
            check(attempt == 1 && bench.losses() == 0, "a pause of 5 s lost a lease");
            return "SIGSTOP for 5 s on each of two nodes: the job of 20 s completed in its first attempt";
        }
    }

    static void check(boolean holds, String broken) {
        if (!holds) {
            throw new AssertionError(broken);
        }
    }
}
