package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log of real processes, in both formats and at all levels. */
class LogsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String TOKEN = "planted-token-of-http-tool-4711";
    private static final String QUERY = "planted query & of tool/4712";
    private static final String ENVIRONMENT = "planted-environment-secret-4713";
    private static final String CLIENT = "planted-oidc-client-secret-4714";
    private static final String FOREIGN_KEY = "lh_0123456789_" + "deadbeef".repeat(6);
    private static final String BASIC =
            Base64.getEncoder().encodeToString("planted:planted-basic-4715".getBytes(StandardCharsets.UTF_8));
    private static final String JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwbGFudGVkNDcxNiJ9.cGxhbnRlZDQ3MTc";
    private static final String WEBHOOK = "whsec_cGxhbnRlZC13ZWJob29rLXNlY3JldC00NzE4LTAwMDA=";
    private static final String MIGRATION = "planted-migration-password-4719";

    private static final String TOOLS = """
            tools:
              - type: http
                name: away
                description: Nobody listens.
                url: http://127.0.0.1:1/work
                auth: {bearer: {env: PLANTED_TOKEN}}
              - type: http
                name: asked
                description: Nobody listens, and the address has a key.
                url: http://127.0.0.1:1/work
                auth: {query: key, value: {env: PLANTED_QUERY}}
              - type: command
                name: leaky
                description: Says what it was given.
                command: [sh, -c, "echo $PLANTED; echo $PLANTED >&2; exit 3"]
                secret_env: {PLANTED: {env: PLANTED_ENVIRONMENT}}
            """;

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @TempDir
    Path folder;

    private Path configuration() throws IOException {
        String text = Files.readString(Path.of("config.yml"));
        assertThat(text).contains("\ntools: []\n", "  level: WARN\n", "requestLog:\n    appenders: []\n");
        return Files.writeString(
                folder.resolve("config.yml"),
                text.replace("\ntools: []\n", "\n" + TOOLS)
                        .replace("  level: WARN\n", "  level: TRACE\n")
                        .replace(
                                "requestLog:\n    appenders: []\n",
                                "requestLog:\n    appenders:\n      - {type: console, layout: {type: longhaul-requests, format: \"${LONGHAUL_LOG_FORMAT:-text}\"}}\n"));
    }

    private Map<String, String> environment(String format) throws IOException {
        Map<String, String> all = NodeProcess.database(DATABASE);
        all.merge("DATABASE_PASSWORD", "planted-database-password-4710", (real, mine) -> real.isEmpty() ? mine : real);
        all.put("DATABASE_MIGRATION_PASSWORD", MIGRATION);
        all.put("LONGHAUL_LOG_FORMAT", format);
        all.put("LONGHAUL_LOG_LEVEL", "TRACE");
        all.put("LONGHAUL_NODE", "logs");
        all.put("LONGHAUL_PORT", "0");
        all.put("LONGHAUL_ADMIN_PORT", "0");
        all.put("LONGHAUL_AUTH", "keys");
        all.put("LONGHAUL_WEBHOOKS_ALLOW_PRIVATE", "true");
        all.put("LONGHAUL_PUBLIC_URL", "https://jobs.example.org");
        all.put("LONGHAUL_OIDC_ISSUER", "https://login.example.org");
        all.put("LONGHAUL_OIDC_AUDIENCE", "longhaul");
        all.put(
                "LONGHAUL_OIDC_JWKS",
                Files.writeString(folder.resolve("jwks.json"), "{\"keys\": []}").toString());
        all.put("LONGHAUL_OIDC_CLIENT_ID", "longhaul");
        all.put("LONGHAUL_OIDC_CLIENT_SECRET", CLIENT);
        all.put("PLANTED_TOKEN", TOKEN);
        all.put("PLANTED_QUERY", QUERY);
        all.put("PLANTED_ENVIRONMENT", ENVIRONMENT);
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void noSecretIsInTheLogAtAnyLevel(String format) throws Exception {
        Map<String, String> environment = environment(format);
        String file = configuration().toString();
        CommandRun made =
                CommandRun.of(environment, "key", "create", file, "--name", "planter" + format, "--role", "admin");
        assertThat(made.exitCode()).as(made.err()).isZero();
        String key = made.out().strip();
        try (NodeProcess node =
                NodeProcess.start("logs-" + format, environment, file).awaitReady()) {
            use(node, key);
            node.process().terminate();
            node.process().awaitExit(Await.LONG);
            String log = node.process().out() + node.process().err();
            assertThat(log).contains("TRACE", "/v1/jobs", "away", "[secret]");
            for (String secret : secrets(environment, key)) {
                assertThat(log.contains(secret)).as(secret).isFalse();
            }
            if (format.equals("json")) {
                assertEvents(node.process().out());
            } else {
                assertThat(node.process().out().lines().findFirst().orElseThrow())
                        .matches(
                                "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) [A-Z]+ +\\S+: .*");
            }
        }
    }

    /** A script may keep what a command prints. */
    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void whatACommandLogsIsNotInItsResult(String format) {
        Map<String, String> environment = NodeProcess.database("jdbc:postgresql://127.0.0.1:9/none", "nobody", "none");
        environment.put("LONGHAUL_LOG_FORMAT", format);
        CommandRun run = CommandRun.of(environment, "key", "create", "config.yml", "--name", "logged");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().strip().lines()).singleElement().asString().contains("127.0.0.1:9 refused");
    }

    private static List<String> secrets(Map<String, String> environment, String key) {
        List<String> all = new ArrayList<>(List.of(
                environment.get("DATABASE_PASSWORD"),
                TOKEN,
                QUERY,
                ENVIRONMENT,
                CLIENT,
                BASIC,
                JWT,
                WEBHOOK,
                MIGRATION));
        all.add(URLEncoder.encode(QUERY, StandardCharsets.UTF_8));
        all.add(FOREIGN_KEY);
        all.add(FOREIGN_KEY.substring("lh_0123456789_".length()));
        all.add(key.substring("lh_0123456789_".length()));
        all.add(WEBHOOK.substring("whsec_".length()));
        return all;
    }

    private static void use(NodeProcess node, String key) throws IOException {
        String[] mine = {"Authorization", "Bearer " + key};
        Answer hook = node.post(
                "/v1/webhooks", "{\"url\": \"http://127.0.0.1:1/hook\", \"secret\": \"" + WEBHOOK + "\"}", mine);
        assertThat(hook.status()).as(hook.text()).isEqualTo(201);
        List<String> jobs = new ArrayList<>();
        for (String tool : List.of("away", "asked", "leaky", "echo")) {
            Answer job =
                    node.post("/v1/jobs", "{\"tool\": \"" + tool + "\", \"params\": {}, \"max_attempts\": 1}", mine);
            assertThat(job.status()).as(job.text()).isEqualTo(201);
            jobs.add(job.field("job_id"));
        }
        for (String authorization : List.of("Bearer " + FOREIGN_KEY, "Basic " + BASIC, "Bearer " + JWT)) {
            assertThat(node.post("/v1/jobs", "{\"tool\": \"echo\"}", "Authorization", authorization)
                            .status())
                    .isEqualTo(401);
        }
        // Both are in the log of requests, the query only in that of text.
        String[] careless = {"X-API-Key", key, "User-Agent", "planted/" + FOREIGN_KEY};
        assertThat(node.post("/v1/jobs?key=" + FOREIGN_KEY, "{", careless).status())
                .isEqualTo(422);
        for (String job : jobs) {
            Await.until(
                    "job " + job + " has ended",
                    Await.LONG,
                    () -> node.post("/v1/jobs/" + job + "/retry", "{}", mine).status() == 201);
        }
    }

    private static void assertEvents(String out) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : out.lines().toList()) {
            JsonNode event = JSON.readTree(line);
            assertThat(event.isObject()).as(line).isTrue();
            assertThat(List.of("time", "level", "logger")).as(line).allMatch(event::has);
            events.add(event);
        }
        JsonNode end = first(events, event -> event.path("outcome").asText().equals("completed"));
        assertThat(end.path("logger").asText()).isEqualTo("longhaul.jobs");
        assertThat(end.path("level").asText()).isEqualTo("INFO");
        assertThat(end.path("tool").asText()).isEqualTo("echo");
        assertThat(end.path("attempt").asInt()).isEqualTo(1);
        assertThat(end.path("node").asText()).isEqualTo("logs");
        assertThat(end.path("trace_id").asText()).matches("[0-9a-f]{32}");
        assertThat(end.path("job_id").asText()).hasSize(36);
        assertThat(end.has("took_ms") && end.has("waited_ms")).isTrue();
        assertThat(first(
                                events,
                                event -> event.path("outcome").asText().equals("failed")
                                        && event.path("tool").asText().equals("away"))
                        .path("message")
                        .asText())
                .contains("attempt 1: failed after", "UNAVAILABLE");
        JsonNode request = first(events, event -> event.path("uri").asText().equals("/v1/webhooks"));
        assertThat(request.path("trace_id").asText()).matches("[0-9a-f]{32}");
        assertThat(first(events, event -> event.path("message").asText().startsWith("Longhaul "))
                        .path("message")
                        .asText())
                .contains("API    http://", "/docs\n", "/mcp\n");
    }

    private static JsonNode first(List<JsonNode> events, java.util.function.Predicate<JsonNode> which) {
        return events.stream().filter(which).findFirst().orElseThrow();
    }

    @Test
    void theFirstStartSaysInOneLineThatTheTablesWereMade() throws Exception {
        Map<String, String> environment = new LinkedHashMap<>(Map.of("LONGHAUL_LOG_FORMAT", "json"));
        try (NodeProcess node = NodeProcess.startEmbedded("first", folder, environment)) {
            Await.until("it serves", Await.LONG, () -> node.process().out().contains("/mcp"));
            node.process().terminate();
            node.process().awaitExit(Await.LONG);
            List<String> messages = new ArrayList<>();
            for (String line : node.process().out().lines().toList()) {
                messages.add(JSON.readTree(line).path("message").asText());
            }
            assertThat(messages)
                    .filteredOn(message -> message.contains("changeset") || message.contains("applied"))
                    .singleElement()
                    .asString()
                    .matches("applied \\d+ changesets to the tables in [0-9.]+ s");
            assertThat(messages)
                    .anyMatch(message -> message.startsWith("unpacking PostgreSQL into "))
                    .anyMatch(message -> message.startsWith("creating a PostgreSQL "))
                    .contains("starting PostgreSQL");
            assertThat(node.process().err()).isEmpty();
        }
    }

    @Test
    void aServerThatCannotStartSaysSoInOneEvent() throws Exception {
        CommandRun run = CommandRun.of(
                Map.of("LONGHAUL_LOG_FORMAT", "json", "DATABASE_URL", "mysql://u:planted-4720@h/d"),
                "server",
                "config.yml");
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err()).isEmpty();
        JsonNode event = JSON.readTree(run.out());
        assertThat(event.path("level").asText()).isEqualTo("ERROR");
        assertThat(event.path("message").asText()).startsWith("server: ").doesNotContain("planted-4720");
        assertThat(run.out().strip().lines()).hasSize(1);
    }

    @Test
    void progressAndErrorsOfDatabaseCommandsAreEvents() throws Exception {
        Map<String, String> environment = NodeProcess.database(DATABASE);
        environment.put("LONGHAUL_LOG_FORMAT", "json");
        CommandRun done = CommandRun.of(environment, "db", "migrate", "config.yml");
        assertThat(done.exitCode()).as(done.err()).isZero();
        assertThat(done.err().lines().toList()).isNotEmpty();
        for (String line : done.err().lines().toList()) {
            assertThat(JSON.readTree(line).path("logger").asText()).isEqualTo("longhaul.db");
        }
        environment.put("DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/none");
        CommandRun failed = CommandRun.of(environment, "db", "migrate", "config.yml");
        assertThat(failed.exitCode()).isNotZero();
        JsonNode event = JSON.readTree(failed.err());
        assertThat(event.path("level").asText()).isEqualTo("ERROR");
        assertThat(event.path("message").asText()).startsWith("db: ");
    }
}
