package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.Database;
import io.longhaul.testing.JarProcess;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server and its schema: missing, migrated, rolled back, changed by hand. All commands are the real ones. */
class SchemaIT {
    /** The watch looks every two seconds while something is wrong; the rest is for a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final String MIGRATE = "java -jar app.jar db migrate config.yml";

    private static final String MISSING =
            "Schema level \\d+ is needed, found 0: table jobs is missing; table .+ Pending: 0001-seed, .+ and \\d+ more\\.";

    @RegisterExtension
    static final TestDatabase CHANGED = TestDatabase.migrated();

    @RegisterExtension
    final TestDatabase migrated = TestDatabase.migrated();

    @RegisterExtension
    final TestDatabase empty = TestDatabase.empty();

    private static NodeProcess node;

    @BeforeAll
    static void start() {
        node = NodeProcess.start("drift", NodeProcess.database(CHANGED));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aServerWaitsForItsSchemaAndOutlivesARollback() throws Exception {
        Map<String, String> environment = NodeProcess.database(empty);
        Database database = new Database(empty.dataSource());
        try (NodeProcess waiting = NodeProcess.start("schema", environment).awaitAlive()) {
            awaitUnmigrated(waiting);

            CommandRun migrate = CommandRun.of(environment, "db", "migrate", "config.yml");
            assertThat(migrate.exitCode()).describedAs(migrate.toString()).isZero();
            awaitMigrated(waiting);
            String job = waiting.accepted("echo", "{\"kept\": true}");
            waiting.awaitJob(job, "completed");

            long changesets = database.number("SELECT count(*) FROM databasechangelog");
            CommandRun rollback =
                    CommandRun.of(environment, "db", "rollback", "-c", Long.toString(changesets), "config.yml");
            assertThat(rollback.exitCode()).describedAs(rollback.toString()).isZero();
            awaitUnmigrated(waiting);

            CommandRun again = CommandRun.of(environment, "db", "migrate", "config.yml");
            assertThat(again.exitCode()).describedAs(again.toString()).isZero();
            awaitMigrated(waiting);
            assertThat(waiting.job(job).json().path("result").path("kept").asBoolean())
                    .isTrue();
            waiting.awaitJob(waiting.accepted("ping", "{}"), "completed");
            // A slow machine sees more of the states that a migration goes through.
            assertThat(waiting.process().out().lines().filter(line -> !line.contains("Not ready: Schema level")))
                    .describedAs("one line for each event, and not many")
                    .hasSizeLessThan(35)
                    .noneMatch(line -> line.contains("in a row") || line.contains("silent"))
                    .allMatch(line ->
                            line.matches("[-0-9]{10} [0-9:.]{12}(Z|[+-][0-9:]{5}) [A-Z]+ .+|  [A-Z][A-Za-z]+ .+"));
        }
    }

    @Test
    void changesByHandAreNamedAndHealed() throws Exception {
        Database database = new Database(CHANGED.dataSource());
        node.awaitReady();

        database.run("DROP INDEX idx_jobs_status");
        Await.until(
                "the missing index is named",
                SOON,
                () -> schema(node.get("/health"))
                        .path("message")
                        .asText()
                        .equals("Degraded: index idx_jobs_status is missing."));
        assertThat(node.get("/readyz").status()).isEqualTo(200);

        database.run("ALTER TABLE jobs RENAME COLUMN result TO outcome");
        Await.until("the node is unready", SOON, () -> node.get("/readyz").status() == 503);
        Answer unready = node.get("/readyz");
        assertThat(unready.field("error_code")).isEqualTo("DATABASE_MIGRATION_REQUIRED");
        assertThat(unready.field("message"))
                .isEqualTo("The schema differs from what this release needs: column jobs.result is missing.");
        assertThat(unready.field("cure")).isEqualTo("java -jar app.jar schema verify config.yml shows the repair");
        assertRefused(node.submit("ping", "{}"), "column jobs.result is missing");

        database.run("ALTER TABLE jobs RENAME COLUMN outcome TO result");
        database.run("CREATE INDEX idx_jobs_status ON jobs(status)");
        Await.until("the node is ready", SOON, () -> node.get("/readyz").status() == 200);
        assertThat(schema(node.get("/health")).path("message").asText())
                .isEqualTo("The schema is what this release needs.");
        node.awaitJob(node.accepted("ping", "{}"), "completed");
    }

    @Test
    void statusAndVerifyTellByTheirExitCodes() {
        Map<String, String> pending = NodeProcess.database(empty);
        Map<String, String> equal = NodeProcess.database(migrated);
        Map<String, String> unreachable =
                NodeProcess.database("jdbc:postgresql://127.0.0.1:1/nowhere", "nobody", "secret");

        assertExits(pending, 1, 1);
        assertExits(equal, 0, 0);
        for (CommandRun run : assertExits(unreachable, 2, 2)) {
            assertThat(run.out()).isEmpty();
            assertOneLine(run.err());
        }
    }

    @Test
    void commandsThatFailSayWhyInOneLine() {
        Map<String, String> unreachable =
                NodeProcess.database("jdbc:postgresql://127.0.0.1:1/nowhere", "nobody", "secret");
        JarProcess migrate = JarProcess.start("unreachable", unreachable, "db", "migrate", "config.yml");
        Map<String, String> required = NodeProcess.database(empty);
        required.put("LONGHAUL_SCHEMA_STARTUP", "REQUIRE");
        required.put("LONGHAUL_PORT", "0");
        required.put("LONGHAUL_ADMIN_PORT", "0");
        CommandRun server = CommandRun.of(required, "server", "config.yml");

        assertThat(server.exitCode()).isEqualTo(1);
        assertOneLine(server.err());
        assertThat(server.err()).matches("server: " + MISSING + " Cure: " + MIGRATE + "\\R");
        CommandRun failed = CommandRun.of(migrate);
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).isEmpty();
        assertOneLine(failed.err());
        assertThat(failed.err()).contains("127.0.0.1:1", "DATABASE_URL").doesNotContain("secret");
    }

    private static void awaitUnmigrated(NodeProcess waiting) throws IOException {
        // While a rollback is under way the node sees, and says, how far it has come.
        Await.until("the node is unready for its schema", SOON, () -> {
            Answer answer = waiting.get("/readyz");
            return answer.status() == 503 && answer.field("message").matches(MISSING);
        });
        Answer unready = waiting.get("/readyz");
        assertThat(unready.status()).isEqualTo(503);
        assertThat(unready.field("error_code")).isEqualTo("DATABASE_MIGRATION_REQUIRED");
        assertThat(unready.field("message")).matches(MISSING);
        assertThat(unready.field("cure")).isEqualTo(MIGRATE);
        JsonNode schema = unready.json().path("checks").path(0).path("details");
        assertThat(schema.path("pending")).hasSizeGreaterThan(30);
        assertThat(schema.path("differences").path(0).asText()).matches("[a-z]+ \\S+: expected \\S+, found nothing");
        assertRefused(waiting.submit("ping", "{}"), MIGRATE);
        assertRefused(waiting.get("/v1/jobs"), MIGRATE);
        assertThat(waiting.get("/healthz").status()).isEqualTo(200);
        JsonNode check = waiting.admin("/healthcheck").json().path("jobs-table");
        assertThat(check.path("healthy").asBoolean(true)).isFalse();
        assertThat(check.path("message").asText()).contains(MIGRATE);
    }

    private static void awaitMigrated(NodeProcess waiting) throws IOException {
        Await.until("the node is ready", SOON, () -> waiting.get("/readyz").status() == 200);
        assertThat(waiting.admin("/healthcheck")
                        .json()
                        .path("jobs-table")
                        .path("healthy")
                        .asBoolean())
                .isTrue();
    }

    private static void assertRefused(Answer answer, String words) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("error_code")).isEqualTo("DATABASE_MIGRATION_REQUIRED");
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.retryAfter()).matches("[1-9][0-9]*");
        assertThat(answer.field("detail")).contains(words);
    }

    private static JsonNode schema(Answer health) {
        return StreamSupport.stream(health.json().path("details").path("checks").spliterator(), false)
                .filter(check -> check.path("name").asText().equals("schema"))
                .findFirst()
                .orElseThrow();
    }

    private static List<CommandRun> assertExits(Map<String, String> environment, int status, int verify) {
        JarProcess first = JarProcess.start("status", environment, "db", "status", "config.yml");
        CommandRun second = CommandRun.of(environment, "schema", "verify", "config.yml");
        CommandRun ended = CommandRun.of(first);
        assertThat(ended.exitCode()).describedAs(ended.toString()).isEqualTo(status);
        assertThat(second.exitCode()).describedAs(second.toString()).isEqualTo(verify);
        return List.of(ended, second);
    }

    private static void assertOneLine(String text) {
        assertThat(text.strip()).isNotEmpty().doesNotContain("\n");
    }
}
