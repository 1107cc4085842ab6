package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.inprocess.BuiltIn;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.StartRate;
import io.longhaul.tools.settings.ToolLimits;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single tools, and limits of their queues. */
class ToolApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, tools());

    private static List<RegisteredTool> tools() {
        ToolLimits limits = new ToolLimits(7, 2, new StartRate(2.5, 5), 2);
        ToolPolicy policy = new ToolPolicy(null, 3, Retry.NEVER, OnWorkerLoss.RETRY, 3, 1 << 20, limits, null);
        return BuiltIn.tools().stream()
                .map(tool -> tool.name().equals("echo") ? new RegisteredTool(new Limited(tool), policy, "test") : tool)
                .toList();
    }

    /** A built-in tool that is registered with other policies. */
    private record Limited(RegisteredTool tool) implements Tool {
        @Override
        public ToolDescription description() {
            return tool.description();
        }

        @Override
        public ToolResult call(ToolCall call) throws Exception {
            return tool.call(call);
        }
    }

    @Test
    void aToolShowsItsLimitsAndItsJobs() {
        Answer answer = SERVER.get("/v1/tools/echo");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("/name")).isEqualTo("echo");
        assertThat(answer.json("/paused").booleanValue()).isFalse();
        assertThat(answer.json("/paused_at").isNull()).isTrue();
        assertThat(answer.json("/limits"))
                .hasToString("{\"concurrency\":3,\"cluster_concurrency\":7,\"key_concurrency\":2,"
                        + "\"rate\":{\"per_second\":2.5,\"burst\":5},\"max_queue\":2,\"start_within_seconds\":null,"
                        + "\"timeout_seconds\":null,\"max_attempts\":1}");
        assertThat(answer.json("/running").isInt()).isTrue();
        assertThat(SERVER.get("/v1/tools/ping").json("/limits/rate").isNull()).isTrue();
    }

    @Test
    void aToolIsPausedAndResumed() {
        SERVER.worker().claim();
        SERVER.jdbi().useHandle(handle -> handle.execute("DELETE FROM jobs"));
        Answer paused = SERVER.post("/v1/tools/ping/pause", "{\"reason\": \"maintenance\"}");
        assertThat(paused.status()).isEqualTo(200);
        assertThat(paused.json("/paused").booleanValue()).isTrue();
        assertThat(paused.text("/reason")).isEqualTo("maintenance");
        assertThat(paused.text("/paused_at")).isNotEmpty();
        Answer again = SERVER.post("/v1/tools/ping/pause", "");
        assertThat(again.text("/reason")).isEqualTo("maintenance");
        assertThat(again.text("/paused_at")).isEqualTo(paused.text("/paused_at"));
        assertThat(SERVER.get("/v1/mcp/tools").json("/tools").findValuesAsText("paused"))
                .containsExactly("false", "true", "false");

        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"ping\"}").status()).isEqualTo(201);
        assertThat(claimedPings()).isZero();
        Answer resumed = SERVER.post("/v1/tools/ping/resume", "");
        assertThat(resumed.status()).isEqualTo(200);
        assertThat(resumed.json("/paused").booleanValue()).isFalse();
        assertThat(resumed.json("/queue_depth").intValue()).isEqualTo(1);
        assertThat(claimedPings()).isEqualTo(1);
        Answer running = SERVER.get("/v1/tools/ping");
        assertThat(running.json("/running").intValue()).isEqualTo(1);
        assertThat(SERVER.post("/v1/tools/ping/resume", "").status()).isEqualTo(200);
    }

    private static long claimedPings() {
        return SERVER.worker().claim().stream()
                .filter(job -> job.tool().equals("ping"))
                .count();
    }

    @Test
    void anUnknownToolIsNotFound() {
        for (Answer answer : List.of(
                SERVER.get("/v1/tools/none"),
                SERVER.post("/v1/tools/none/pause", "{}"),
                SERVER.post("/v1/tools/none/resume", ""))) {
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text("/error_code")).isEqualTo("TOOL_NOT_FOUND");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{ | 400", "[] | 422", "{\"reason\": 1} | 422", "{\"reason\": \"\"} | 422"})
    void aWrongReasonIsRefused(String body, int status) {
        assertThat(SERVER.post("/v1/tools/ping/pause", body).status()).isEqualTo(status);
        assertThat(SERVER.get("/v1/tools/ping").json("/paused").booleanValue()).isFalse();
    }

    @Test
    void aFullQueueRefusesSubmitsUntilThereIsRoom() {
        emptyQueue();
        String echo = "{\"tool\": \"echo\"}";
        assertThat(SERVER.post("/v1/jobs", echo).status()).isEqualTo(201);
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"idempotency_key\": \"a\"}")
                        .status())
                .isEqualTo(201);
        Answer full = SERVER.post("/v1/jobs", echo);
        assertThat(full.status()).isEqualTo(429);
        assertThat(full.text("/error_code")).isEqualTo("QUEUE_FULL");
        assertThat(full.text("/tool")).isEqualTo("echo");
        assertThat(full.json("/queue_depth").intValue()).isEqualTo(2);
        assertThat(full.json("/estimated_wait_ms").isNull()).isTrue();
        assertThat(full.header("Retry-After")).isEqualTo("5");
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"idempotency_key\": \"a\"}")
                        .status())
                .isEqualTo(200);
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"no\"}").json().has("queue_depth"))
                .isFalse();
    }

    @Test
    void aBatchThatOnlyTimeCuresIsRefusedLikeItsJobs() {
        emptyQueue();
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}").status()).isEqualTo(201);
        Answer full = batch("{\"tool\": \"ping\"}, {\"tool\": \"echo\"}, {\"tool\": \"echo\"}", true);
        assertThat(full.status()).as(full.body()).isEqualTo(429);
        assertThat(full.text("/error_code")).isEqualTo("QUEUE_FULL");
        assertThat(full.text("/tool")).isEqualTo("echo");
        assertThat(full.json("/queue_depth").intValue()).isEqualTo(2);
        assertThat(full.header("Retry-After")).isEqualTo("5");
        assertThat(full.text("/errors/0/pointer")).isEqualTo("/jobs/2");
        assertThat(batch("{\"tool\": \"echo\"}, {\"tool\": \"echo\"}, {\"tool\": \"none\"}", true)
                        .text("/error_code"))
                .isEqualTo("INVALID_BATCH");
        Answer tooLong = batch("{\"tool\": \"echo\"}, {\"tool\": \"echo\"}, {\"tool\": \"echo\"}", true);
        assertThat(tooLong.text("/error_code")).isEqualTo("INVALID_BATCH");
        assertThat(tooLong.text("/message")).endsWith("send fewer at once.");
        assertThat(tooLong.header("Retry-After")).isNull();
    }

    @Test
    void anAnswerWithJobsThatMayBeAcceptedLaterSaysWhen() {
        emptyQueue();
        String echo = "{\"tool\": \"echo\"}";
        Answer some = batch(echo + "," + echo + "," + echo, false);
        assertThat(some.json("/rejected").intValue()).isEqualTo(1);
        assertThat(some.header("Retry-After")).isEqualTo("5");
        Answer lines = SERVER.send(SERVER.request("/v1/jobs/batch")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(echo)));
        assertThat(lines.text("/error/error_code")).isEqualTo("QUEUE_FULL");
        assertThat(lines.header("Retry-After")).isEqualTo("5");
        assertThat(batch("{\"tool\": \"none\"}", false).header("Retry-After")).isNull();
    }

    /** The server counts a queue some times a second only. */
    private static void emptyQueue() {
        SERVER.jdbi().useHandle(handle -> handle.execute("DELETE FROM jobs"));
        long emptied = System.nanoTime();
        Await.until("it is counted again", Await.LONG, () -> System.nanoTime() - emptied > 500_000_000);
    }

    private static Answer batch(String jobs, boolean atomic) {
        return SERVER.post("/v1/jobs/batch", "{\"atomic\": " + atomic + ", \"jobs\": [" + jobs + "]}");
    }

    @Test
    void aFullQueueRefusesTheRunByHandOfAScheduleAndNoChangeOfIt() {
        emptyQueue();
        String fills = "{\"tool\": \"echo\", \"idempotency_key\": \"%s\"}";
        assertThat(SERVER.post("/v1/jobs", fills.formatted("first")).status()).isEqualTo(201);
        assertThat(SERVER.post("/v1/jobs", fills.formatted("second")).status()).isEqualTo(201);

        Answer made = SERVER.post("/v1/schedules", "{\"name\": \"full\", \"tool\": \"echo\", \"cron\": \"0 6 * * *\"}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        String schedule = "/v1/schedules/" + made.text("/schedule_id");
        assertThat(SERVER.post(schedule + "/run", "").text("/error_code")).isEqualTo("QUEUE_FULL");
        for (String change : List.of(
                "{\"paused\": true}",
                "{\"paused\": true, \"priority\": 1}",
                "{\"cron\": \"0 7 * * *\"}",
                "{\"paused\": false}")) {
            Answer changed = SERVER.send(SERVER.request(schedule)
                    .header("Content-Type", "application/json")
                    .method("PATCH", BodyPublishers.ofString(change)));
            assertThat(changed.status()).as(change + changed.body()).isEqualTo(200);
        }
    }

    @Test
    void keysOfAJobAreShownAndLeftOutWithoutOne() {
        Answer job = SERVER.post(
                "/v1/jobs", "{\"tool\": \"ping\", \"concurrency_key\": \"user 1\", \"fairness_key\": \"team\"}");
        assertThat(job.status()).isEqualTo(201);
        assertThat(job.text("/concurrency_key")).isEqualTo("user 1");
        assertThat(job.text("/fairness_key")).isEqualTo("team");
        Answer read = SERVER.get("/v1/jobs/" + job.text("/job_id"));
        assertThat(read.text("/concurrency_key")).isEqualTo("user 1");
        assertThat(read.text("/fairness_key")).isEqualTo("team");
        Answer without = SERVER.post("/v1/jobs", "{\"tool\": \"ping\", \"concurrency_key\": null}");
        assertThat(without.json().has("concurrency_key")).isFalse();
        assertThat(without.json().has("fairness_key")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1", "\"\"", "[]", "\"a\\u0000\"", "\"\\ud800\""})
    void aWrongKeyIsReported(String value) {
        for (String field : List.of("concurrency_key", "fairness_key")) {
            Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"ping\", \"%s\": %s}".formatted(field, value));
            assertThat(answer.status()).as(answer.body()).isEqualTo(422);
            assertThat(answer.text("/errors/0/pointer")).isEqualTo("/" + field);
        }
    }

    @Test
    void aKeyThatIsTooLongIsReported() {
        String body = "{\"tool\": \"ping\", \"concurrency_key\": \"%s\"}";
        assertThat(SERVER.post("/v1/jobs", body.formatted("x".repeat(256))).text("/errors/0/pointer"))
                .isEqualTo("/concurrency_key");
        assertThat(SERVER.post("/v1/jobs", body.formatted("x".repeat(255))).status())
                .isEqualTo(201);
    }
}
