package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.database.embedded.StoppablePostgres;
import io.longhaul.schema.migrate.Migrator;
import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose database takes no writes for a while. */
class ReadOnlyIT {
    private static final Duration NOTICED = Duration.ofSeconds(15);

    @TempDir
    static Path folder;

    private static StoppablePostgres postgres;
    private static Database database;
    private NodeProcess node;

    @BeforeAll
    static void createDatabase() throws Exception {
        postgres = StoppablePostgres.in(folder);
        postgres.start();
        database = new Database(postgres.dataSource());
        new Migrator(postgres.dataSource(), line -> {}).migrate();
    }

    @AfterEach
    void stopNode() {
        node.close();
    }

    @AfterAll
    static void stopDatabase() throws Exception {
        postgres.close();
    }

    private static Map<String, String> environment() {
        return NodeProcess.database(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }

    @Test
    void whatEndsWhileTheDatabaseIsSetReadOnlyIsStoredOnceItIsNot() throws Exception {
        node = NodeProcess.start("read-only", environment()).awaitReady();
        String running = node.accepted("sleep", "{\"seconds\": 3}");
        node.awaitJob(running, "running");

        database.run("ALTER DATABASE postgres SET default_transaction_read_only = on");
        // As a service does it: whoever comes from now on finds it so.
        database.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");

        awaitReadOnly();
        assertRefusesAndShows(running);
        CommandRun migrate = CommandRun.of(environment(), "db", "migrate", "config.yml");
        assertThat(migrate.exitCode()).isEqualTo(1);
        assertThat(migrate.err()).contains("read-only").contains("Nothing was changed");
        String cure = node.get("/readyz").field("cure");
        database.run(cure.substring(cure.indexOf("BEGIN")));

        assertGoesOn(running);
    }

    @Test
    void aPrimaryThatBecameAStandbyIsNamedAndItsPromotionSeen() throws Exception {
        node = NodeProcess.start("standby", environment()).awaitReady();
        String running = node.accepted("sleep", "{\"seconds\": 3}");
        node.awaitJob(running, "running");

        postgres.demote();

        awaitReadOnly();
        assertThat(node.get("/readyz").field("message")).contains("standby");
        assertRefusesAndShows(running);
        database.run("SELECT pg_promote()");

        assertGoesOn(running);
    }

    /** Both addresses lead to the same server, of which the driver cannot know. */
    @Test
    void severalServersOfWhichNoneIsThePrimaryAreNamedAndAPromotionSeen() throws Exception {
        postgres.demote();
        String url = postgres.jdbcUrl().replaceFirst("//([^/]*)/", "//$1,$1/");
        node = NodeProcess.start("no-primary", NodeProcess.database(url, postgres.user(), postgres.password()));
        node.awaitAlive();

        awaitReadOnly();
        assertThat(node.get("/readyz").field("message")).contains("none of them is the primary");
        assertThat(node.get("/readyz").field("cure")).contains("pg_promote()");
        for (Answer refused : List.of(node.submit("ping", "{}"), node.get("/v1/jobs"))) {
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.field("error_code")).isEqualTo("DATABASE_READ_ONLY");
            assertThat(refused.field("message")).contains("none of them is the primary");
        }
        database.run("SELECT pg_promote()");

        Await.until("the node is ready", NOTICED, () -> node.get("/readyz").status() == 200);
        node.awaitJob(node.accepted("ping", "{}"), "completed");
    }

    private void awaitReadOnly() {
        Await.until(
                "the node says that its database is read-only",
                NOTICED,
                () -> node.get("/readyz").field("error_code").equals("DATABASE_READ_ONLY"));
    }

    private void assertRefusesAndShows(String running) throws IOException {
        assertThat(node.get("/readyz").field("cure")).isNotEmpty();
        assertThat(node.admin("/healthcheck").text()).contains("read-only");
        Answer refused = node.submit("ping", "{}");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.field("error_code")).isEqualTo("DATABASE_READ_ONLY");
        assertThat(node.job(running).status()).isEqualTo(200);
        assertThat(node.get("/healthz").status()).isEqualTo(200);
    }

    private void assertGoesOn(String running) throws Exception {
        Await.until(
                "the node is ready again", NOTICED, () -> node.get("/readyz").status() == 200);
        assertThat(node.awaitJob(running, "completed").json().path("attempt").asInt())
                .isEqualTo(1);
        node.awaitJob(node.accepted("ping", "{}"), "completed");
    }
}
