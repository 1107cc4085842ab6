package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Role;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keys with a list of tools, at all endpoints that use tools. */
class KeyToolsApiTest {
    private static final String ECHO = "{\"tool\": \"echo\"}";
    private static final String PING = "{\"tool\": \"ping\"}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withRemote()
            .withAuth(new AccessConfiguration(AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0));

    private static String some;
    private static String all;
    private static String operator;

    @BeforeAll
    static void makeKeys() {
        some = key("ada", Role.SUBMIT, "echo", "none-yet");
        all = key("ada", Role.SUBMIT);
        operator = key("olga", Role.OPERATE, "echo");
    }

    @Test
    void onlyJobsOfItsToolsAreTaken() {
        assertThat(post("/v1/jobs", some, ECHO).status()).isEqualTo(201);
        assertForbidden(post("/v1/jobs", some, PING));
        assertForbidden(post("/v1/jobs", some, "{\"tool\": \"no such tool\"}"));
        assertForbidden(post("/v1/jobs", some, PING, "Prefer", "wait=1"));
        assertForbidden(post("/v1/mcp/invoke", some, PING));
        assertThat(post("/v1/jobs", some, "{\"tool\": \"none-yet\"}").text("/error_code"))
                .isEqualTo("UNKNOWN_TOOL");
        assertThat(post("/v1/jobs", all, PING).status()).isEqualTo(201);
    }

    @Test
    void aTypingErrorIsAnsweredWithToolsOfTheKeyOnly() {
        String tool = "{\"tool\": \"%s\"}";
        assertThat(post("/v1/jobs", some, tool.formatted("ehco")).text("/message"))
                .contains("Did you mean echo?");
        assertThat(post("/v1/jobs", some, tool.formatted("pign")).text("/message"))
                .doesNotContain("Did you mean");
        String mistyped = key("eve", Role.OPERATE, "pign");
        String schedule = "{\"name\": \"mistyped\", \"tool\": \"pign\", \"cron\": \"0 3 * * *\"}";
        for (String key : List.of(mistyped, key("otto", Role.OPERATE))) {
            Answer submitted = post("/v1/jobs", key, tool.formatted("pign"));
            assertThat(submitted.text("/error_code")).isEqualTo("UNKNOWN_TOOL");
            assertThat(submitted.text("/message").contains("Did you mean ping?"))
                    .isNotEqualTo(key.equals(mistyped));
            assertThat(post("/v1/schedules", key, schedule).text("/message").contains("Did you mean ping?"))
                    .isNotEqualTo(key.equals(mistyped));
            assertThat(send("GET", "/v1/tools/pign", key, "").text("/message").contains("Did you mean ping?"))
                    .isNotEqualTo(key.equals(mistyped));
        }
    }

    @Test
    void aBatchWithAForbiddenToolIsRefusedOrStoredWithoutIt() {
        String jobs = "{\"jobs\": [" + ECHO + ", " + PING + "], \"atomic\": %s}";
        assertForbidden(post("/v1/jobs/batch", some, jobs.formatted(true)));
        Answer some = post("/v1/jobs/batch", KeyToolsApiTest.some, jobs.formatted(false));
        assertThat(some.text("/created")).isEqualTo("1");
        assertThat(some.text("/results/1/error/error_code")).isEqualTo("TOOL_FORBIDDEN");
        assertThat(some.text("/results/1/error/errors/0/pointer")).isEqualTo("/jobs/1/tool");
        String[] lines = post(
                        "/v1/jobs/batch",
                        KeyToolsApiTest.some,
                        ECHO + "\n" + PING + "\n",
                        "Content-Type",
                        "application/x-ndjson")
                .body()
                .split("\n");
        assertThat(lines[0]).contains("created");
        assertThat(lines[1]).contains("rejected", "TOOL_FORBIDDEN");
    }

    @Test
    void anEndedJobOfAnotherToolIsNotRepeated() {
        String job = post("/v1/jobs", all, PING).text("/job_id");
        send("DELETE", "/v1/jobs/" + job, all, "");
        assertForbidden(post("/v1/jobs/" + job + "/retry", some, ""));
        Answer bulk = post("/v1/jobs/retry?tool=ping&status=cancelled", operator, "");
        assertThat(bulk.text("/retried")).isEqualTo("0");
        assertThat(bulk.json("/results").findValuesAsText("error_code")).contains("TOOL_FORBIDDEN");
        assertThat(post("/v1/jobs/" + job + "/retry", all, "").status()).isEqualTo(201);
    }

    @Test
    void theJobsOfALostToolAreRefusedWithoutTheNamesOfOtherTools() {
        String job = post("/v1/jobs", all, "{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}")
                .text("/job_id");
        send("DELETE", "/v1/jobs/" + job, all, "");
        SERVER.jdbi().useHandle(handle -> handle.execute("UPDATE jobs SET tool_name = 'pign' WHERE id = ?::uuid", job));
        String retry = "/v1/jobs/retry?tool=pign&status=cancelled";
        assertThat(post(retry, key("eve", Role.OPERATE, "pign"), "").body())
                .contains("There is no tool named pign.")
                .doesNotContain("Did you mean");
        assertThat(post(retry, key("otto", Role.OPERATE), "").body()).contains("Did you mean ping?");
    }

    @Test
    void noScheduleIsMadeChangedOrRunForAnotherTool() {
        String schedule = "{\"name\": \"%s\", \"tool\": \"%s\", \"cron\": \"0 3 * * *\"}";
        assertForbidden(post("/v1/schedules", operator, schedule.formatted("pings", "ping")));
        String full = key("otto", Role.OPERATE);
        String pings = "/v1/schedules/"
                + post("/v1/schedules", full, schedule.formatted("pings", "ping"))
                        .text("/schedule_id");
        assertForbidden(post(pings + "/run", operator, ""));
        assertForbidden(send("PATCH", pings, operator, "{\"tool\": \"echo\"}"));
        String echoes = "/v1/schedules/"
                + post("/v1/schedules", operator, schedule.formatted("echoes", "echo"))
                        .text("/schedule_id");
        assertForbidden(send("PATCH", echoes, operator, PING));
        assertThat(post(echoes + "/run", operator, "").status()).isEqualTo(201);
    }

    @Test
    void otherToolsAreNotShown() {
        assertThat(send("GET", "/v1/mcp/tools", some, "").json("/tools").findValuesAsText("name"))
                .containsExactly("echo");
        assertThat(send("GET", "/v1/tools", some, "").json())
                .isEqualTo(send("GET", "/v1/mcp/tools", some, "").json());
        assertThat(send("GET", "/v1/mcp/tools", all, "").json("/tools").findValuesAsText("name"))
                .contains("ping", "echo", "sleep");
        assertThat(send("GET", "/v1/tools/echo", some, "").status()).isEqualTo(200);
        assertThat(send("GET", "/v1/tools/ping", some, "").text("/error_code")).isEqualTo("TOOL_NOT_FOUND");
        for (String verb : List.of("/pause", "/resume")) {
            assertThat(post("/v1/tools/ping" + verb, operator, "").text("/error_code"))
                    .isEqualTo("TOOL_NOT_FOUND");
        }
        assertThat(send("DELETE", "/v1/tools/ping", operator, "").text("/error_code"))
                .isEqualTo("TOOL_NOT_FOUND");
    }

    @Test
    void aWorkerBringsAndClaimsItsToolsOnly() {
        String worker = key("a worker", Role.WORK, "fold");
        assertForbidden(post("/v1/workers", worker, "{\"tools\": [{\"name\": \"fold\"}, {\"name\": \"dock\"}]}"));
        assertThat(post("/v1/workers", worker, "{\"tools\": [{\"name\": \"fold\"}]}")
                        .status())
                .isEqualTo(201);
        assertThat(post("/v1/workers", key("another worker", Role.WORK), "{\"tools\": [{\"name\": \"dock\"}]}")
                        .status())
                .isEqualTo(201);
        assertForbidden(post("/v1/workers/claim", worker, "{\"tools\": [\"fold\", \"dock\"]}"));
        assertThat(post("/v1/workers/claim", worker, "{\"tools\": [\"fold\"]}").status())
                .isEqualTo(200);
    }

    private static void assertForbidden(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(403);
        assertThat(answer.text("/error_code")).isEqualTo("TOOL_FORBIDDEN");
        assertThat(answer.text("/detail"))
                .contains("key create --name NAME --tools TOOLS`, with the server's configuration file, makes keys");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    private static String key(String name, Role role, String... tools) {
        ApiKey key = ApiKey.random();
        SERVER.jdbi()
                .useExtension(
                        KeyStatements.class,
                        keys -> keys.create(
                                key.id(), name, key.hash(), role.word(), null, tools.length == 0 ? null : tools));
        return key.reveal();
    }

    private static Answer post(String path, String key, String body, String... headers) {
        var request = SERVER.request(path).setHeader("Content-Type", "application/json");
        if (headers.length > 0) {
            request.setHeader(headers[0], headers[1]);
        }
        return SERVER.send(request.header("X-API-Key", key).POST(BodyPublishers.ofString(body)));
    }

    private static Answer send(String method, String path, String key, String body) {
        return SERVER.send(SERVER.request(path)
                .header("X-API-Key", key)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }
}
