package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.JobReports;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobsApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @Test
    void aSubmittedJobIsPendingAndHasALocation() {
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"a\": [1, null]}, \"unknown\": 1}");

        assertThat(answer.status()).isEqualTo(201);
        String id = answer.text("/job_id");
        assertThat(answer.header("Location")).isEqualTo("/v1/jobs/" + id);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.text("/status")).isEqualTo("pending");
        assertThat(answer.text("/tool")).isEqualTo("echo");
        assertThat(answer.json("/params")).hasToString("{\"a\":[1,null]}");
        assertThat(answer.json("/result").isNull()).isTrue();
        assertThat(answer.json("/error").isNull()).isTrue();
        assertThat(answer.json("/progress").isNull()).isTrue();
        assertThat(answer.json("/started_at").isNull()).isTrue();
        assertThat(answer.json("/completed_at").isNull()).isTrue();
        assertThat(answer.json("/duration_ms").isNull()).isTrue();
        assertThat(SERVER.get("/v1/jobs/" + id).asSubmitted())
                .isEqualTo(((ObjectNode) answer.json()).without("warnings"));
    }

    @Test
    void aJobIsKeptForADayUnlessItSaysOtherwise() {
        assertThat(lifetime(SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}"))).isEqualTo(Duration.ofDays(1));
        assertThat(lifetime(SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"ttl_hours\": 168}")))
                .isEqualTo(Duration.ofDays(7));
        assertThat(lifetime(SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"ttl_hours\": 1.0}")))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void timesHaveAnOffsetThatEveryClientReads() {
        JsonNode job = SERVER.post(
                        "/v1/jobs", "{\"tool\": \"echo\", \"run_at\": \"2030-01-02T03:04:05.1234567+02:00\"}")
                .json();

        assertThat(job.path("created_at").asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+00:00");
        assertThat(job.path("run_at").asText()).isEqualTo("2030-01-02T01:04:05.123456+00:00");
        String id = job.path("job_id").asText();
        assertThat(SERVER.get("/v1/jobs/" + id).asSubmitted()).isEqualTo(job);
    }

    @Test
    void aClaimedJobRunsAlthoughItsRowStillSaysPending() {
        String id = SERVER.submit();
        ClaimedJob claimed = SERVER.worker().claim(id);

        assertThat(stored(id)).isEqualTo("pending");
        assertThat(SERVER.get("/v1/jobs/" + id).text("/status")).isEqualTo("running");
        assertThat(SERVER.get("/v1/jobs/" + id).json("/started_at").isTextual()).isTrue();
        assertThat(SERVER.get("/v1/jobs/" + id).json("/duration_ms").isIntegralNumber())
                .isTrue();
        assertThat(listed("running")).contains(id);
        assertThat(listed("pending")).doesNotContain(id);

        SERVER.worker().showRunning(claimed);
        assertThat(stored(id)).isEqualTo("running");
        assertThat(listed("running")).contains(id);
        assertThat(SERVER.get("/v1/jobs/" + id).text("/status")).isEqualTo("running");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"nested\":{\"list\":[1,{\"deep\":[true,null]}]}}",
                "[1,2,3]",
                "\"text\"",
                "12345678901234567890.123456789012345678901234567890",
                "1.10",
                "0",
                "false",
                "null",
                "[]",
                "{}",
                "\"caf\u00e9 \u65e5\u672c \ud83e\uddec\""
            })
    void aResultOfAnyTypePassesUnchanged(String result) {
        String id = SERVER.submit();
        SERVER.worker().complete(SERVER.worker().claim(id), result);

        Answer answer = SERVER.get("/v1/jobs/" + id);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("/status")).isEqualTo("completed");
        assertThat(answer.json("/completed_at").isTextual()).isTrue();
        assertThat(answer.json("/duration_ms").isIntegralNumber()).isTrue();
        assertThat(answer.json("/error").isNull()).isTrue();
        // jsonb writes a space after each colon and comma.
        assertThat(answer.body().replaceAll("([:,]) ", "$1")).contains("\"result\":" + result + ",");
    }

    @Test
    void aFailedJobShowsItsError() {
        String id = SERVER.submit();
        SERVER.worker().fail(SERVER.worker().claim(id), "TOOL_ERROR", "No such genome", null);

        Answer answer = SERVER.get("/v1/jobs/" + id);
        assertThat(answer.text("/status")).isEqualTo("failed");
        assertThat(answer.text("/error")).isEqualTo("No such genome");
        assertThat(answer.text("/error_code")).isEqualTo("TOOL_ERROR");
        assertThat(answer.json("/result").isNull()).isTrue();
    }

    @Test
    void aJobWaitingForItsNextAttemptShowsNoErrorButItsAttempts() {
        String id = SERVER.submit();
        SERVER.worker().fail(SERVER.worker().claim(id), "UNAVAILABLE", "Try later", 3_600_000L);

        assertThat(SERVER.get("/v1/jobs/" + id).text("/status")).isEqualTo("pending");
        assertThat(SERVER.get("/v1/jobs/" + id).json("/error").isNull()).isTrue();
        JsonNode attempts = SERVER.get("/v1/jobs/" + id + "/attempts").json("/attempts");
        assertThat(attempts).hasSize(1);
        assertThat(attempts.at("/0/attempt").asInt()).isEqualTo(1);
        assertThat(attempts.at("/0/status").asText()).isEqualTo("failed");
        assertThat(attempts.at("/0/node").asText()).isEqualTo("step");
        assertThat(attempts.at("/0/error").asText()).isEqualTo("Try later");
        assertThat(attempts.at("/0/error_code").asText()).isEqualTo("UNAVAILABLE");
        assertThat(attempts.at("/0/duration_ms").isIntegralNumber()).isTrue();
    }

    @Test
    void theAttemptsOfAJobEndWithItsLatestOne() {
        String id = SERVER.submit();
        assertThat(SERVER.get("/v1/jobs/" + id + "/attempts").json("/attempts")).isEmpty();
        ClaimedJob claimed = SERVER.worker().claim(id);
        assertThat(SERVER.get("/v1/jobs/" + id + "/attempts").text("/attempts/0/status"))
                .isEqualTo("running");
        SERVER.worker().complete(claimed, "1");
        JsonNode attempts = SERVER.get("/v1/jobs/" + id + "/attempts").json("/attempts");
        assertThat(attempts).hasSize(1);
        assertThat(attempts.at("/0/status").asText()).isEqualTo("completed");
        assertThat(attempts.at("/0/attempt").asInt()).isEqualTo(1);
    }

    @Test
    void aFailedJobListsItsLastAttemptOnce() {
        String id = SERVER.submit();
        SERVER.worker().fail(SERVER.worker().claim(id), "TOOL_ERROR", "No", null);

        assertThat(SERVER.get("/v1/jobs/" + id + "/attempts").json("/attempts")).hasSize(1);
    }

    @Test
    void pendingAndRunningJobsAreCancelledAtOnce() {
        String pending = SERVER.submit();
        assertThat(SERVER.delete("/v1/jobs/" + pending).json("/cancelled").booleanValue())
                .isTrue();
        assertThat(SERVER.get("/v1/jobs/" + pending).text("/status")).isEqualTo("cancelled");

        String running = SERVER.submit();
        ClaimedJob claimed = SERVER.worker().claim(running);
        Answer answer = SERVER.delete("/v1/jobs/" + running);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json("/cancelled").booleanValue()).isTrue();
        SERVER.worker().complete(claimed, "1");
        assertThat(SERVER.get("/v1/jobs/" + running).text("/status")).isEqualTo("cancelled");
        assertThat(SERVER.get("/v1/jobs/" + running).json("/result").isNull()).isTrue();
        assertThat(SERVER.get("/v1/jobs/" + running + "/attempts").text("/attempts/0/status"))
                .isEqualTo("cancelled");
    }

    @Test
    void aFinishedJobCannotBeCancelled() {
        String id = SERVER.submit();
        SERVER.worker().complete(SERVER.worker().claim(id), "1");

        Answer answer = SERVER.delete("/v1/jobs/" + id);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json("/cancelled").booleanValue()).isFalse();
        assertThat(answer.text("/message")).startsWith("Job already completed");
        assertThat(SERVER.get("/v1/jobs/" + id).text("/status")).isEqualTo("completed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000-0000-4000-8000-000000000000",
                "nonsense",
                "1-1-1-1-1",
                "%20",
                "0",
                "null",
                "00000000-0000-4000-8000-00000000000",
                "%F0%9F%A7%AC"
            })
    void anUnknownOrMalformedIdIsNotFound(String id) {
        for (String path : List.of("", "/logs", "/attempts")) {
            Answer answer = SERVER.get("/v1/jobs/" + id + path);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text("/detail")).contains("not found");
            assertThat(answer.text("/error_code")).isEqualTo("JOB_NOT_FOUND");
        }
        assertThat(SERVER.delete("/v1/jobs/" + id).status()).isEqualTo(404);
        assertThat(SERVER.delete("/v1/jobs/" + id).text("/detail")).contains("not found");
    }

    @Test
    void progressKeepsItsDigits() {
        String id = SERVER.submit();
        ClaimedJob claimed = SERVER.worker().claim(id);
        UUID[] ids = {claimed.lease().jobId()};
        Integer[] attempts = {1};
        Long[] nodes = {SERVER.worker().node()};
        SERVER.jdbi()
                .useExtension(
                        JobReports.class,
                        r -> r.progress(ids, attempts, nodes, new Double[] {0.1}, new String[] {"indexing"}));

        // Ten reads, because the driver changes to binary transfer after five.
        for (int i = 0; i < 10; i++) {
            JsonNode progress = SERVER.get("/v1/jobs/" + id).json("/progress");
            assertThat(progress.path("fraction")).hasToString("0.1");
            assertThat(progress.path("message").asText()).isEqualTo("indexing");
            assertThat(progress.path("updated_at").isTextual()).isTrue();
        }
    }

    @Test
    void aRowThatAnOlderSystemWroteIsShown() {
        String id = SERVER.jdbi()
                .withHandle(h -> h.createQuery("""
                        INSERT INTO jobs (tool_name, status, trace_id, parameters, created_at, started_at, completed_at,
                                          expires_at)
                        VALUES ('old.tool', 'completed', '123e4567-e89b-42d3-a456-426614174000', '{}',
                                NOW() - INTERVAL '1 h', NOW() - INTERVAL '1 h', NOW(), 'infinity')
                        RETURNING id::text
                        """).mapTo(String.class).one());

        Answer answer = SERVER.get("/v1/jobs/" + id);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("/trace_id")).isEqualTo("123e4567-e89b-42d3-a456-426614174000");
        assertThat(answer.json("/result").isNull()).isTrue();
        assertThat(answer.json("/duration_ms").asLong()).isEqualTo(3_600_000);
        assertThat(answer.text("/expires_at")).isEqualTo("9999-12-31T23:59:59.999999+00:00");
        assertThat(SERVER.get("/v1/jobs/" + id + "/attempts")
                        .json("/attempts/0/attempt")
                        .asInt())
                .isEqualTo(1);
        assertThat(SERVER.get("/v1/jobs?tool=old.tool").json("/jobs")).hasSize(1);
    }

    @Test
    void theLogIsReadInPagesByLineNumber() {
        String id = SERVER.submit();
        ClaimedJob claimed = SERVER.worker().claim(id);
        log(claimed, "one", "two", "three");

        Answer first = SERVER.get("/v1/jobs/" + id + "/logs?limit=2");
        assertThat(first.json("/lines").findValuesAsText("line")).containsExactly("one", "two");
        Answer second = SERVER.get("/v1/jobs/" + id + "/logs?after=" + first.text("/next_after"));
        assertThat(second.json("/lines").findValuesAsText("line")).containsExactly("three");
        assertThat(second.json("/lines/0/attempt").asInt()).isEqualTo(1);
        Answer none = SERVER.get("/v1/jobs/" + id + "/logs?after=" + second.text("/next_after"));
        assertThat(none.json("/lines")).isEmpty();
        assertThat(none.text("/next_after")).isEqualTo(second.text("/next_after"));

        log(claimed, "four");
        Answer later = SERVER.get("/v1/jobs/" + id + "/logs?after=" + none.text("/next_after"));
        assertThat(later.json("/lines").findValuesAsText("line")).containsExactly("four");
        assertThat(SERVER.get("/v1/jobs/" + id + "/logs?after=x&limit=1001").status())
                .isEqualTo(422);
    }

    @Test
    void toolsAreListedWithTheirSchemas() {
        Answer answer = SERVER.get("/v1/mcp/tools");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json("/tools").findValuesAsText("name")).containsExactly("echo", "ping", "sleep");
        assertThat(answer.json("/tools/2/description").isTextual()).isTrue();
        assertThat(answer.json("/tools/2/input_schema/properties/seconds/type").asText())
                .isEqualTo("number");
    }

    @Test
    void headAndOptionsAreAnswered() {
        Answer head = SERVER.send(SERVER.request("/v1/jobs/" + SERVER.submit())
                .method("HEAD", java.net.http.HttpRequest.BodyPublishers.noBody()));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        Answer options = SERVER.send(
                SERVER.request("/v1/jobs").method("OPTIONS", java.net.http.HttpRequest.BodyPublishers.noBody()));
        assertThat(options.status()).isBetween(200, 204);
        assertThat(options.header("Allow")).contains("GET", "POST", "HEAD", "OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 50_000})
    void aHeadSaysTheLengthOfItsGetOrNone(int length) {
        String id = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"a\": \"" + "x".repeat(length) + "\"}}")
                .text("/job_id");
        // Jobs that have ended, because what others wait for may change between two requests.
        SERVER.worker().complete(SERVER.worker().claim(id), "1");
        for (String path : List.of("/v1/jobs/" + id, "/v1/jobs?tool=echo&status=completed", "/v1/mcp/tools")) {
            Answer head =
                    SERVER.send(SERVER.request(path).method("HEAD", java.net.http.HttpRequest.BodyPublishers.noBody()));
            Answer get = SERVER.get(path);
            assertThat(head.status()).as(path).isEqualTo(get.status());
            assertThat(head.header("Content-Length")).as(path).isEqualTo(get.header("Content-Length"));
            assertThat(head.header("Content-Type")).as(path).isEqualTo(get.header("Content-Type"));
        }
    }

    private static void log(ClaimedJob job, String... lines) {
        int n = lines.length;
        UUID[] ids = java.util.Collections.nCopies(n, job.lease().jobId()).toArray(UUID[]::new);
        Integer[] attempts =
                java.util.Collections.nCopies(n, job.lease().attempt()).toArray(Integer[]::new);
        Long[] nodes = java.util.Collections.nCopies(n, job.lease().nodeId()).toArray(Long[]::new);
        String[] times =
                java.util.Collections.nCopies(n, "2026-01-01T00:00:00Z").toArray(String[]::new);
        SERVER.jdbi().useExtension(JobReports.class, r -> r.log(ids, attempts, nodes, times, lines));
    }

    private static Duration lifetime(Answer answer) {
        return Duration.between(
                OffsetDateTime.parse(answer.text("/created_at")), OffsetDateTime.parse(answer.text("/expires_at")));
    }

    private static String stored(String id) {
        return SERVER.jdbi()
                .withHandle(h -> h.createQuery("SELECT status::text FROM jobs WHERE id = :id")
                        .bind("id", UUID.fromString(id))
                        .mapTo(String.class)
                        .one());
    }

    private static List<String> listed(String status) {
        return SERVER.get("/v1/jobs?limit=100&status=" + status).json("/jobs").findValuesAsText("job_id");
    }
}
