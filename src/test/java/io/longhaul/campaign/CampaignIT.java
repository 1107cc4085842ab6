package io.longhaul.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.migrate.Migrator;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.Ledger;
import io.longhaul.testing.Ledger.Entry;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.StoppableServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes, a PostgreSQL and clients, all of which are killed, paused, crashed and cut off at random, and at the end the
 * account: what was accepted has ended, once, and the tools were run no more often than the attempts say.
 *
 * <p>{@code -Dlonghaul.campaign.seconds=600} goes on for longer, {@code -Dlonghaul.campaign.seed=7} makes the same trouble
 * again, and {@code -Dlonghaul.campaign.batch=500} is for many jobs.
 */
class CampaignIT {
    private static final Duration LEASE = Duration.ofSeconds(3);

    private static final long SEED = Long.getLong("longhaul.campaign.seed", System.nanoTime() % 100_000);
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("longhaul.campaign.seconds", 14));
    private static final int BATCH = Integer.getInteger("longhaul.campaign.batch", 20);

    @TempDir
    Path folder;

    private Database database;
    private Ledger ledger;

    @Test
    void whateverIsKilledNothingAcceptedIsLostOrEndedTwice() throws Exception {
        System.out.println("Campaign: -Dlonghaul.campaign.seed=" + SEED + " for " + TIME.toSeconds() + " s");
        ledger = Ledger.in(folder);
        try (StoppableServer postgres = StoppableServer.in(folder.resolve("postgres"))) {
            postgres.start();
            database = new Database(postgres.dataSource());
            new Migrator(postgres.dataSource(), line -> {}).migrate();
            try (Nodes nodes = new Nodes(3, environment(postgres))) {
                campaign(postgres, nodes);
            }
        }
    }

    private Map<String, String> environment(StoppableServer postgres) {
        Map<String, String> environment =
                NodeProcess.database(postgres.jdbcUrl(), postgres.user(), postgres.password());
        environment.putAll(ledger.environment());
        environment.put("LONGHAUL_LEASE", LEASE.toSeconds() + "s");
        // PostgreSQL takes a hundred: those of killed nodes linger for a moment.
        environment.put("LONGHAUL_DATABASE_CONNECTIONS", "8");
        return environment;
    }

    private void campaign(StoppableServer postgres, Nodes nodes) throws Exception {
        Witness witness = new Witness(postgres.dataSource(), Duration.ofMillis(500));
        Clients clients = new Clients(nodes, SEED, 4, false, BATCH);
        Troubles troubles = new Troubles(nodes, postgres, LEASE, SEED);
        try {
            troubles.run(TIME);
            nodes.restartAll();
        } finally {
            clients.stop();
        }
        Duration settled = Await.until(
                "every job has ended",
                Await.LONG,
                () -> database.number("SELECT count(*) FROM jobs WHERE status IN ('pending', 'running')") == 0);
        witness.stop();
        tell(clients, troubles, witness, settled);
        checkJobs(clients);
        checkHistory(clients);
        assertThat(clients.violations()).as("seed " + SEED).isEmpty();
        assertThat(witness.violations()).as("seed " + SEED).isEmpty();
        assertThat(witness.looks()).isGreaterThan(5);
        checkNothingIsLeft(nodes);
    }

    private void tell(Clients clients, Troubles troubles, Witness witness, Duration settled) throws IOException {
        System.out.printf(
                "Campaign of seed %d: troubles %s, accepted %d, repeats %d, cancelled %d, settled in %d ms, looks %d%n"
                        + "  statuses %s, attempts %s, ledger lines %d%n",
                SEED,
                troubles,
                clients.accepted().size(),
                clients.repeats(),
                clients.cancelled().size(),
                settled.toMillis(),
                witness.looks(),
                database.column("SELECT status || ' ' || count(*) FROM jobs GROUP BY status ORDER BY 1"),
                database.column("SELECT attempt || ': ' || count(*) FROM jobs GROUP BY attempt ORDER BY attempt"),
                ledger.entries().size());
    }

    private void checkJobs(Clients clients) {
        Set<String> stored = new HashSet<>(database.column("SELECT id FROM jobs"));
        assertThat(clients.accepted()).isNotEmpty();
        assertThat(stored)
                .as("accepted jobs, seed " + SEED)
                .isEqualTo(new HashSet<>(clients.accepted().values()));
        assertThat(clients.accepted().values()).doesNotHaveDuplicates();
        assertThat(database.column("SELECT id FROM jobs WHERE status = 'failed' AND error_code <> 'WORKER_LOST'"))
                .as("jobs that failed for another reason than their lost nodes, seed " + SEED)
                .isEmpty();
        assertThat(
                        database.column(
                                "SELECT id FROM jobs"
                                        + " WHERE tool_name <> 'ledger' AND status = 'completed' AND result IS DISTINCT FROM parameters"))
                .as("jobs with a foreign result, seed " + SEED)
                .isEmpty();
    }

    /** What clients were told, what the world outside of the database has seen, and the rows must be one story. */
    private void checkHistory(Clients clients) throws IOException {
        History history = new History(clients.calls(), Rows.runs(ledger.entries()), Rows.of(database));
        assertThat(history.runs()).isNotEmpty();
        long begin = System.nanoTime();
        assertThat(Judge.violations(history)).as("seed " + SEED).isEmpty();
        System.out.printf(
                "  judged %d calls, %d runs and %d rows in %d ms%n",
                history.calls().size(),
                history.runs().size(),
                history.rows().size(),
                Duration.ofNanos(System.nanoTime() - begin).toMillis());
    }

    private void checkNothingIsLeft(Nodes nodes) throws IOException {
        assertThat(database.number("SELECT count(*) FROM job_leases")).isZero();
        assertThat(nodes.terminateAll()).as("exit codes").containsOnly(0);
        Await.until("no connection is left", Await.LONG, () -> database.number("""
                        SELECT count(*)
                        FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                        """) == 0);
        assertThat(database.column("SELECT name FROM nodes WHERE lease_until > NOW()"))
                .isEmpty();
        assertThat(ledger.entries())
                .filteredOn(entry -> Double.isInfinite(entry.ended()))
                .noneMatch(Entry::isAlive);
    }
}
