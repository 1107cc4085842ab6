package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.database.embedded.StoppablePostgres;
import io.longhaul.schema.migrate.Migrator;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.Load;
import io.longhaul.testing.NodeProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose {@code DATABASE_URL} names a primary and its synchronous standby, without anything that manages them. */
class PromotionIT {
    private static final String SESSIONS = """
            SELECT count(*)
            FROM pg_stat_activity
            WHERE application_name LIKE 'longhaul%' AND backend_type = 'client backend'
            """;

    @TempDir
    Path folder;

    @Test
    void aStandbyPromotedByHandHasEveryAcceptedJobAndAllConnections() throws Exception {
        StoppablePostgres primary = StoppablePostgres.in(folder.resolve("one"));
        primary.start();
        new Migrator(primary.dataSource(), line -> {}).migrate();
        primary.crash();
        try (StoppablePostgres first = primary;
                StoppablePostgres second = first.standby(folder.resolve("two"))) {
            first.start();
            second.start();
            Database old = new Database(first.dataSource());
            old.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
            old.run("SELECT pg_reload_conf()");
            Await.until(
                    "the standby is synchronous",
                    Await.LONG,
                    () -> old.number("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1);
            try (NodeProcess node =
                    NodeProcess.start("promotion", environment(first, second)).awaitReady()) {
                promote(node, first, new Database(second.dataSource()));
                aFormerPrimaryGetsNoConnection(node, first, new Database(second.dataSource()));
            }
        }
    }

    private static Map<String, String> environment(StoppablePostgres first, StoppablePostgres second) {
        String host = second.jdbcUrl().replaceFirst(".*//([^/]*)/.*", "$1");
        String url = first.jdbcUrl().replaceFirst("//([^/]*)/", "//$1," + host + "/");
        return NodeProcess.database(url, first.user(), first.password());
    }

    private static void promote(NodeProcess node, StoppablePostgres primary, Database standby) throws Exception {
        String running = node.accepted("sleep", "{\"seconds\": 10}");
        node.awaitJob(running, "running");
        try (Load load = new Load(node, 3, "sleep", "{\"seconds\": 0.05}")) {
            Await.until("jobs are accepted", Await.LONG, () -> load.accepted().size() > 60);
            primary.crash();
            standby.run("SELECT pg_promote()");
            int before = load.accepted().size();
            Duration back = Await.until(
                    "jobs are accepted again",
                    Duration.ofSeconds(30),
                    () -> load.accepted().size() > before + 10);
            System.out.println("Ten jobs were accepted " + back.toMillis() + " ms after the promotion");
            load.stop();
            Await.until(
                    "no job is left",
                    Await.LONG,
                    () -> standby.number("SELECT count(*) FROM jobs WHERE status <> 'completed'") == 0);
            assertThat(standby.column("SELECT id FROM jobs")).containsAll(load.accepted());
        }
        assertThat(node.job(running).json().path("attempt").asInt()).isEqualTo(1);
    }

    /** It comes back as a standby, and stands first in the address. */
    private static void aFormerPrimaryGetsNoConnection(NodeProcess node, StoppablePostgres former, Database primary)
            throws Exception {
        former.demote();
        node.awaitJob(node.accepted("ping", "{}"), "completed");
        Await.until(
                "notifications arrive from the primary",
                Await.LONG,
                () -> primary.number(SESSIONS.replace("'longhaul%'", "'longhaul-listener'")) == 1);
        assertThat(node.get("/readyz").status()).isEqualTo(200);
        Await.until(
                "no session is on the standby",
                Await.LONG,
                () -> new Database(former.dataSource()).number(SESSIONS) == 0);
    }
}
