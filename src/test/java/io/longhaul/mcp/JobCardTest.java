package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Role;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the server does for the job card. {@link JobCardBrowserTest} shows it in a browser. */
class JobCardTest {
    private static final String CARD = "ui://longhaul/job-card";
    private static final String APPS =
            "{\"extensions\": {\"io.modelcontextprotocol/ui\": {\"mimeTypes\": [\"text/html;profile=mcp-app\"]}}}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, """
            auth: {mode: keys}
            mcp: {handleTools: true}
            """);

    @Order(3)
    @RegisterExtension
    static final McpNode WITHOUT = new McpNode(DATABASE, "mcp: {jobCard: never}\n");

    private static String key(String name, Role role) {
        ApiKey key = ApiKey.random();
        Jdbi.create(DATABASE.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .installPlugin(new PostgresPlugin())
                .useExtension(
                        KeyStatements.class, keys -> keys.create(key.id(), name, key.hash(), role.word(), null, null));
        return key.reveal();
    }

    private static McpClient client(String name, Role role) {
        return NODE.client(key(name, role)).modern(APPS);
    }

    /** Starts a job and gives its id. */
    private static String started(McpClient client, String arguments) {
        return client.result("tools/call", """
                {"name": "job_start", "arguments": {"tool": "step", "arguments": %s}}""".formatted(arguments))
                .at("/structuredContent/job_id")
                .asText();
    }

    private static String state(String arguments) {
        return "{\"name\": \"job_card_state\", \"arguments\": " + arguments + "}";
    }

    private static JsonNode card(McpClient client, String arguments) {
        return client.result("tools/call", state(arguments)).path("structuredContent");
    }

    private static List<String> names(JsonNode tools) {
        return tools.findValuesAsText("name");
    }

    private static JsonNode named(JsonNode tools, String name) {
        return StreamSupport.stream(tools.spliterator(), false)
                .filter(tool -> tool.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void hostsOfAppsAreToldOfTheCardInBothEras() {
        String key = key("host", Role.SUBMIT);
        McpClient legacy = NODE.client(key).initialize("2025-11-25", APPS);
        for (McpClient host : List.of(NODE.client(key).modern(APPS), legacy)) {
            JsonNode tools = host.result("tools/list", "{}").path("tools");

            assertThat(named(tools, "step").at("/_meta/ui/resourceUri").asText())
                    .isEqualTo(CARD);
            assertThat(named(tools, "job_start").at("/_meta/ui/resourceUri").asText())
                    .isEqualTo(CARD);
            assertThat(named(tools, "never.task").has("_meta")).isFalse();
            assertThat(named(tools, "job_status").has("_meta")).isFalse();
            assertThat(named(tools, "job_card_state").at("/_meta/ui/visibility"))
                    .hasToString("[\"app\"]");
            assertThat(host.result("resources/list", "{}")
                            .at("/resources/0/uri")
                            .asText())
                    .isEqualTo(CARD);
            JsonNode page =
                    host.result("resources/read", "{\"uri\": \"" + CARD + "\"}").at("/contents/0");
            assertThat(page.path("mimeType").asText()).isEqualTo("text/html;profile=mcp-app");
            assertThat(page.at("/_meta/ui/csp")).isEmpty();
            assertThat(page.path("text").asText()).startsWith("<!DOCTYPE html>");
        }
    }

    @Test
    void othersAreShownNeitherTheCardsToolsNorTheCard() {
        String key = key("plain", Role.SUBMIT);
        for (McpClient client : List.of(
                NODE.client(key).modern(McpClient.TASKS), NODE.client(key).initialize("2025-11-25"))) {
            JsonNode tools = client.result("tools/list", "{}").path("tools");

            assertThat(names(tools)).contains("step").doesNotContain("job_card_state", "job_card_cancel");
            assertThat(tools.toString()).doesNotContain(CARD);
        }
    }

    @Test
    void aServerWithoutTheCardOffersNothingOfIt() {
        McpClient host = WITHOUT.client().modern(APPS);

        assertThat(host.result("tools/list", "{}").toString()).doesNotContain("job_card", CARD);
        assertThat(host.result("resources/list", "{}").toString()).doesNotContain(CARD);
        assertThat(host.error("resources/read", "{\"uri\": \"" + CARD + "\"}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32602);
        assertThat(host.error("tools/call", state("{}")).path("message").asText())
                .startsWith("Unknown tool");
        assertThat(host.result("server/discover", "{}").toString()).doesNotContain("io.modelcontextprotocol/ui");
    }

    @Test
    void theSettingIsOneOfThreeWords() {
        assertThat(McpConfiguration.of(null, "always", null).jobCard()).isEqualTo(McpConfiguration.JobCardOffer.ALWAYS);
        assertThatThrownBy(() -> McpConfiguration.of(null, "yes", null))
                .hasMessage("mcp.jobCard is 'yes': write auto, always or never");
    }

    @Test
    void thePageIsSmallAndNamesNoOtherHost() {
        String page = JobCard.content().path("text").asText();

        assertThat(page.length()).isLessThan(30_000);
        assertThat(page)
                .doesNotContain(
                        "http:", "https:", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
                .doesNotContainPattern("\\son[a-z]+=")
                .containsPattern("script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'sha256-[A-Za-z0-9+/]{43}='");
    }

    @Test
    void aCallIsFoundByItsArgumentsWhileItRuns() {
        McpClient host = client("finder", Role.SUBMIT);
        String old = started(host, "{\"n\": 1}");
        String other = started(host, "{\"n\": 2, \"x\": [1.0, {\"y\": null}]}");

        assertThat(card(host, "{\"tool\": \"step\", \"arguments\": {\"n\": 1}}")
                        .path("job_id")
                        .asText())
                .isEqualTo(old);
        // As JavaScript writes the number.
        assertThat(card(host, "{\"arguments\": {\"x\": [1, {\"y\": null}], \"n\": 2}}")
                        .path("job_id")
                        .asText())
                .isEqualTo(other);
        assertThat(card(host, "{\"tool\": \"strict\", \"arguments\": {\"n\": 1}}"))
                .hasToString("{\"found\":false}");
        assertThat(card(client("another", Role.OPERATE), "{\"arguments\": {\"n\": 1}}"))
                .hasToString("{\"found\":false}");
    }

    @Test
    void theStateSaysAllThatTheCardShows() {
        McpClient host = client("watcher", Role.SUBMIT);
        String id = started(host, "{}");
        String ask = "{\"job_id\": \"" + id + "\"}";
        assertThat(card(host, ask).path("message").asText()).isNotEmpty();

        Step step = WITHOUT.claim("step");
        step.progress(0.25, "first");
        step.log("one");
        step.log("two");
        JsonNode running = card(host, ask);
        assertThat(running.path("status").asText()).isEqualTo("running");
        assertThat(running.at("/progress/fraction").asDouble()).isEqualTo(0.25);
        assertThat(running.path("log").findValuesAsText("text")).containsExactly("one", "two");
        assertThat(running.path("node").asText()).isEqualTo("test");
        assertThat(running.path("may_cancel").asBoolean()).isTrue();
        assertThat(running.path("poll_ms").asInt()).isBetween(500, 5000);
        String last = running.at("/log/1/n").asText();
        step.log("three");
        assertThat(card(host, "{\"job_id\": \"" + id + "\", \"after_line\": " + last + "}")
                        .path("log")
                        .findValuesAsText("text"))
                .containsExactly("three");

        step.complete("{\"big\": 12345678901234567890123, \"rate\": 0.10}");
        JsonNode ended = card(host, ask);
        assertThat(ended.at("/answer/content/0/text").asText())
                .isEqualTo("{\"big\": 12345678901234567890123, \"rate\": 0.10}");
        assertThat(ended.path("may_cancel").asBoolean()).isFalse();
    }

    @Test
    void ofALongLogTheEndIsTold() {
        McpClient host = client("logger", Role.SUBMIT);
        String id = started(host, "{}");
        Step step = WITHOUT.claim("step");
        step.log(String.join(
                "\", \"",
                IntStream.rangeClosed(1, 250).mapToObj(Integer::toString).toList()));

        JsonNode state = card(host, "{\"job_id\": \"" + id + "\"}");
        assertThat(state.path("log_cut").asBoolean()).isTrue();
        assertThat(state.path("log")).hasSize(200);
        assertThat(state.at("/log/0/text").asText()).isEqualTo("51");
        assertThat(state.at("/log/199/text").asText()).isEqualTo("250");
        step.complete("1");
    }

    @Test
    void onlyWhoMayCancelsAndOthersSeeNothing() {
        McpClient owner = client("owner", Role.SUBMIT);
        String id = started(owner, "{}");
        String ask = "{\"job_id\": \"" + id + "\"}";
        String cancel = "{\"name\": \"job_card_cancel\", \"arguments\": " + ask + "}";

        McpClient stranger = client("stranger", Role.SUBMIT);
        assertThat(card(stranger, ask)).hasToString("{\"found\":false}");
        assertThat(stranger.error("tools/call", cancel).path("message").asText())
                .startsWith("Task not found");
        assertThat(client("worker", Role.WORK)
                        .error("tools/call", state(ask))
                        .path("message")
                        .asText())
                .contains("role read");

        JsonNode cancelled = owner.result("tools/call", cancel).path("structuredContent");
        assertThat(cancelled.path("status").asText()).isEqualTo("cancelled");
        assertThat(owner.result("tools/call", cancel)
                        .at("/structuredContent/status")
                        .asText())
                .isEqualTo("cancelled");
    }

    @Test
    void aCancelTellsAnErrorOnlyIfThatIsItsReason() {
        McpClient owner = client("chained", Role.SUBMIT);
        for (String code : List.of("PREDECESSOR_FAILED", "TOOL_ERROR")) {
            String id = started(owner, "{}");
            Jdbi.create(DATABASE.dataSource())
                    .useHandle(h -> h.execute(
                            "UPDATE jobs SET status = 'cancelled', completed_at = NOW(),"
                                    + " expires_at = NOW() + INTERVAL '1 h', error_code = ?, error_message = 'why' WHERE id = ?::uuid",
                            code,
                            id));
            JsonNode card = card(owner, "{\"job_id\": \"" + id + "\"}");
            assertThat(card.has("error")).as(code).isEqualTo(code.equals("PREDECESSOR_FAILED"));
            assertThat(card.has("message")).as(code).isEqualTo(code.equals("PREDECESSOR_FAILED"));
        }
    }

    @Test
    void onlyWhoMayAnswersAndItIsRecorded() {
        McpClient owner = client("asked", Role.SUBMIT);
        String id = started(owner, "{}");
        Step step = WITHOUT.claim("step");
        String question = "{\"key\": \"sure\", \"message\": \"Sure?\", \"schema\": {\"type\": \"boolean\"}}";
        step.ask(question);
        assertThat(card(owner, "{\"job_id\": \"" + id + "\"}").path("questions"))
                .hasToString("[" + Json.sorted(Json.parse(question)) + "]");

        assertThat(client("passer", Role.SUBMIT)
                        .error("tools/call", answer(id, "accept", "true"))
                        .path("message")
                        .asText())
                .startsWith("Task not found");
        assertThat(owner.error("tools/call", answer(id, "accept", "5"))
                        .path("message")
                        .asText())
                .startsWith("The answer to \"sure\" does not fit: ");
        assertThat(owner.error("tools/call", answer(id, "perhaps", "5"))
                        .path("message")
                        .asText())
                .isEqualTo("Invalid params: action must be accept, decline or cancel.");
        assertThat(owner.error("tools/call", answer(id, "accept", "{"))
                        .path("message")
                        .asText())
                .isEqualTo("Invalid params: content must be JSON, as text.");
        assertThat(owner.result("tools/call", answer(id, "accept", "true")).at("/structuredContent/questions"))
                .isEmpty();
        assertThat(owner.error("tools/call", answer(id, "decline", ""))
                        .path("message")
                        .asText())
                .isEqualTo("Somebody has given another answer already, which stays.");

        assertThat(step.ask(question).path("content").asBoolean()).isTrue();
        List<String> recorded = Jdbi.create(DATABASE.dataSource())
                .withHandle(handle -> handle.select("SELECT principal || ' ' || action FROM audit_log")
                        .mapTo(String.class)
                        .list());
        assertThat(recorded).containsExactly("asked POST /v1/jobs/" + id + "/inputs/sure");
        step.complete("1");
    }

    private static String answer(String job, String action, String content) {
        return """
                {"name": "job_card_answer",
                 "arguments": {"job_id": "%s", "key": "sure", "action": "%s", "content": "%s"}}""".formatted(job, action, content);
    }

    @Test
    void wrongArgumentsAreRefusedWithWhatIsMeant() {
        McpClient host = client("wrong", Role.SUBMIT);

        assertThat(host.error("tools/call", state("{\"job_id\": 5}"))
                        .path("message")
                        .asText())
                .isEqualTo("Invalid params: the argument 'job_id' must be a string.");
        assertThat(host.error("tools/call", state("{\"arguments\": [1]}"))
                        .path("message")
                        .asText())
                .isEqualTo("Invalid params: give job_id, or the arguments of a call as an object.");
        assertThat(card(host, "{\"job_id\": \"nope\"}")).hasToString("{\"found\":false}");
        assertThat(host.error("tools/call", state("{\"tool\": \"\\u0000\", \"arguments\": {}}"))
                        .path("message")
                        .asText())
                .startsWith("Invalid params: tool must have at most");
        assertThat(host.error(
                                "tools/call",
                                answer(started(host, "{}"), "cancel", "").replace("sure", "\\u0000"))
                        .path("message")
                        .asText())
                .startsWith("Invalid params: key must have at most");
    }

    @Test
    void aResultThatIsTooLargeForTheCardIsNamed() {
        McpClient host = client("large", Role.SUBMIT);
        String id = started(host, "{}");
        WITHOUT.claim("step").complete(Json.sorted(Json.parse("\"" + "x".repeat((1 << 20) + 1) + "\"")));

        assertThat(card(host, "{\"job_id\": \"" + id + "\"}")
                        .at("/answer/content/0/text")
                        .asText())
                .contains("GET /v1/jobs/" + id)
                .contains("longhaul://jobs/" + id + "/result");
    }
}
