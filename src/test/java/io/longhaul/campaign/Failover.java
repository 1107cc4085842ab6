package io.longhaul.campaign;

import io.longhaul.schema.migrate.Migrator;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.Ledger;
import io.longhaul.testing.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The driver of `.ci/failover`: breaks a cluster under load again and again, measures the outages, and judges all jobs at the
 * end. Exits with 1 if a job was lost, changed after its end, or treated against another rule.
 */
final class Failover {
    private final FailoverArguments arguments;
    private final Ledger ledger;
    private final PatroniCluster cluster;
    private final Database database;
    private final PGSimpleDataSource source = new PGSimpleDataSource();
    private final List<Outages.Fault> faults = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    private Failover(FailoverArguments arguments) throws Exception {
        this.arguments = arguments;
        ledger = Ledger.in(Files.createDirectory(arguments.work().resolve("ledger")));
        cluster = new PatroniCluster(arguments.work(), arguments.ttl());
        source.setUrl(
                cluster.hosts() + "?targetServerType=primary&connectTimeout=2&socketTimeout=20&hostRecheckSeconds=1");
        source.setUser("postgres");
        source.setPassword("postgres");
        database = new Database(source);
        new Migrator(source, line -> {}).migrate();
    }

    /** Called by the script. */
    public static void main(String[] words) throws Exception {
        int exit = 1;
        try {
            Failover failover = new Failover(FailoverArguments.of(words));
            failover.run();
            failover.violations.forEach(violation -> System.out.println("VIOLATION " + violation));
            exit = failover.violations.isEmpty() ? 0 : 1;
        } catch (Exception | AssertionError e) {
            e.printStackTrace(System.out);
        }
        // Clients may still wait for a cluster that does not come back.
        System.exit(exit);
    }

    private void run() throws Exception {
        String url = arguments.isThroughProxy() ? cluster.proxy() : cluster.hosts();
        Map<String, String> environment = NodeProcess.database(url, "postgres", "postgres");
        environment.put("LONGHAUL_TOOLS", ledger.tools());
        environment.put("LONGHAUL_DATABASE_CONNECTIONS", "8");
        try (Nodes nodes = new Nodes(3, environment)) {
            Witness witness = new Witness(source, Duration.ofSeconds(10));
            Clients clients = new Clients(nodes, arguments.seed(), arguments.clients(), true);
            try {
                breakAll();
            } catch (AssertionError e) {
                // What has happened until then is judged as well.
                violations.add("the cluster did not come back: " + e.getMessage());
            } finally {
                clients.stop();
            }
            Await.until("every job has ended", Await.LONG, this::isOver);
            witness.stop();
            violations.addAll(clients.violations());
            violations.addAll(witness.violations());
            judge(clients);
            violations.addAll(nodes.terminateAll().stream()
                    .filter(exit -> exit != 0)
                    .map(exit -> "a node ended with " + exit)
                    .toList());
        }
    }

    private void breakAll() throws IOException {
        List<FailoverScenario> scenarios = arguments.scenarios();
        pause(Duration.ofSeconds(10));
        for (int i = 0; i < arguments.kills(); i++) {
            FailoverScenario scenario = scenarios.get(i % scenarios.size());
            PatroniMember leader = cluster.leader().orElseThrow();
            System.out.printf("%d of %d: %s, %s%n", i + 1, arguments.kills(), scenario, leader.name());
            long begun = System.nanoTime();
            scenario.happen(cluster, leader);
            Await.until(
                    "a node is ready",
                    Duration.ofSeconds(90),
                    () -> cluster.leader().isPresent());
            // The old leader stays away for long enough that nobody profits from its return.
            pause(Duration.ofNanos(Math.max(0, begun + arguments.away().toNanos() - System.nanoTime())));
            long over = System.nanoTime();
            cluster.heal();
            faults.add(new Outages.Fault(scenario, begun, over));
            // Some seconds in which all is well; how many decides at which point of Patroni's loop the next fault
            // comes.
            pause(Duration.ofMillis(3_000 + (i * 700) % 2_000));
        }
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private boolean isOver() {
        return database.number("SELECT count(*) FROM jobs WHERE status IN ('pending', 'running')") == 0;
    }

    private void judge(Clients clients) throws IOException {
        History history = new History(clients.calls(), Rows.runs(ledger.entries()), Rows.of(database));
        Judge.violations(history).forEach(violation -> violations.add(violation.toString()));
        Set<String> stored = new HashSet<>(database.column("SELECT id FROM jobs"));
        clients.accepted().values().stream()
                .filter(id -> !stored.contains(id))
                .forEach(id -> violations.add("job " + id + " was accepted and is not there"));
        System.out.printf(
                Locale.ROOT,
                "%nttl %d s, loop_wait 2 s, retry_timeout 3 s; accepted %d, cancelled %d, repeats %d; judged %d calls, %d runs, %d rows;"
                        + " %s; violations: %d%n%n%s%n",
                arguments.ttl(),
                clients.accepted().size(),
                clients.cancelled().size(),
                clients.repeats(),
                history.calls().size(),
                history.runs().size(),
                history.rows().size(),
                database.column("SELECT status || ' ' || count(*) FROM jobs GROUP BY status ORDER BY 1"),
                violations.size(),
                new Outages(faults, history.calls(), ended()).table(arguments.access()));
    }

    /** The ends of jobs by their ids, on the clock of the clients: all run on one machine. */
    private Map<String, Long> ended() {
        long zero = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        Map<String, Long> ended = new HashMap<>();
        for (String line : database.column("""
                SELECT id || ' ' || (extract(epoch FROM completed_at) * 1000000)::bigint
                FROM jobs
                WHERE completed_at IS NOT NULL
                """)) {
            String[] words = line.split(" ", 2);
            ended.put(words[0], zero + TimeUnit.MICROSECONDS.toNanos(Long.parseLong(words[1])));
        }
        return ended;
    }
}
