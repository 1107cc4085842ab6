package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.intake.ToolParamsCheck;
import io.longhaul.api.schedules.ScheduleReader;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.SubmissionCheck;
import io.longhaul.schedules.Scheduler;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulesApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    private static final String NIGHTLY =
            "{\"name\": \"nightly\", \"tool\": \"echo\", \"params\": {\"n\": 1.50}, \"cron\": \"0 3 * * *\","
                    + " \"time_zone\": \"Europe/Berlin\", \"priority\": 7, \"ttl_hours\": 48, \"retry\": {\"backoff\": \"5s\"},"
                    + " \"overlap\": \"skip\"}";

    @BeforeEach
    void forgetAll() {
        SERVER.jdbi().useHandle(handle -> handle.execute("TRUNCATE schedules"));
    }

    private static Answer create(String body) {
        return SERVER.post("/v1/schedules", body);
    }

    private static Answer patch(String id, String body) {
        return SERVER.send(SERVER.request("/v1/schedules/" + id)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(body)));
    }

    private static List<String> pointers(Answer answer) {
        return StreamSupport.stream(answer.json("/errors").spliterator(), false)
                .map(error -> error.path("pointer").asText())
                .toList();
    }

    private static void runScheduler() {
        runScheduler("echo", submission -> {});
    }

    private static void runScheduler(String tool, SubmissionCheck check) {
        new Scheduler(
                        SERVER.jdbi(),
                        () -> new String[] {tool},
                        new ScheduleReader(ApiConfiguration.DEFAULT),
                        check,
                        new JointCommit(SERVER.jdbi(), new JobSignals()))
                .run();
    }

    @Test
    void aScheduleIsShownAsItWasCreated() {
        Answer answer = create(NIGHTLY);
        assertThat(answer.status()).isEqualTo(201);
        String id = answer.text("/schedule_id");
        assertThat(answer.header("Location")).isEqualTo("/v1/schedules/" + id);
        JsonNode shown = SERVER.get("/v1/schedules/" + id).json();
        assertThat(shown).isEqualTo(answer.json());
        assertThat(shown.path("params")).hasToString("{\"n\":1.50}");
        assertThat(shown.path("priority").asInt()).isEqualTo(7);
        assertThat(shown.path("overlap").asText()).isEqualTo("skip");
        assertThat(shown.path("misfire").asText()).isEqualTo("run_once");
        assertThat(shown.path("next_run_at").asText()).matches(".*T0[12]:00:00.000000\\+00:00");
        assertThat(shown.path("last_run_at").isNull()).isTrue();
        assertThat(SERVER.get("/v1/schedules").text("/schedules/0/schedule_id")).isEqualTo(id);
    }

    @Test
    void allErrorsAreReportedAtOnce() {
        Answer answer =
                create("{\"cron\": \"61 * * * *\", \"time_zone\": \"Mars\", \"misfire\": \"x\", \"overlap\": \"x\","
                        + " \"priority\": 11, \"paused\": 1, \"after\": [\"" + UUID.randomUUID()
                        + "\"], \"run_at\": \"2030-01-01T00:00:00Z\"}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(pointers(answer))
                .contains(
                        "/name",
                        "/tool",
                        "/cron",
                        "/time_zone",
                        "/misfire",
                        "/overlap",
                        "/priority",
                        "/paused",
                        "/after",
                        "/run_at");
        assertThat(pointers(create("{\"name\": \"x\", \"tool\": \"echo\", \"cron\": \"0 0 30 2 *\"}")))
                .containsExactly("/cron");
        assertThat(create(
                                "{\"name\": \"x\", \"tool\": \"sleep\", \"params\": {\"seconds\": \"x\"}, \"cron\": \"* * * * *\"}")
                        .text("/error_code"))
                .isEqualTo("INVALID_PARAMS");
        assertThat(create("{\"name\": \"x\", \"tool\": \"none\", \"cron\": \"* * * * *\"}")
                        .text("/error_code"))
                .isEqualTo("UNKNOWN_TOOL");
    }

    @Test
    void aNameIsUnique() {
        create(NIGHTLY);
        Answer second = create(NIGHTLY);
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.text("/error_code")).isEqualTo("SCHEDULE_NAME_TAKEN");
        String other = create(NIGHTLY.replace("nightly", "other")).text("/schedule_id");
        assertThat(patch(other, "{\"name\": \"nightly\"}").text("/error_code")).isEqualTo("SCHEDULE_NAME_TAKEN");
    }

    @Test
    void aChangeAppliesToTheMembersItHas() {
        String id = create(NIGHTLY).text("/schedule_id");
        Answer changed = patch(id, "{\"cron\": \"0 4 * * *\", \"priority\": null, \"params\": {\"n\": 1}}");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.text("/cron")).isEqualTo("0 4 * * *");
        assertThat(changed.text("/next_run_at")).matches(".*T0[23]:00:00.000000\\+00:00");
        assertThat(changed.json().has("priority")).isFalse();
        assertThat(changed.json("/params")).hasToString("{\"n\":1}");
        assertThat(changed.text("/retry/backoff")).isEqualTo("5s");
        assertThat(changed.text("/time_zone")).isEqualTo("Europe/Berlin");
        assertThat(patch(id, "{\"cron\": \"nonsense\"}").status()).isEqualTo(422);
        assertThat(patch(id, "{\"cron\": \"@daily\"}").text("/cron")).isEqualTo("0 0 * * *");
        assertThat(patch(id, "{\"cron\": \"@hour\"}").text("/detail"))
                .isEqualTo(
                        "cron must be five fields: minute, hour, day of month, month, day of week, or one of @hourly,"
                                + " @daily, @midnight, @weekly, @monthly, @yearly, @annually.");
        assertThat(patch(UUID.randomUUID().toString(), "{}").text("/error_code"))
                .isEqualTo("SCHEDULE_NOT_FOUND");
    }

    @Test
    void aChangeUndoesNoChangeThatCameBeforeItsBody() throws Exception {
        String id = create(NIGHTLY).text("/schedule_id");
        try (HeldRequest slow = new HeldRequest(SERVER.port(), "/v1/schedules/" + id, "{\"cron\": \"0 4 * * *\"}")) {
            assertThat(patch(id, "{\"paused\": true}").status()).isEqualTo(200);
            assertThat(slow.send()).startsWith("HTTP/1.1 200");
        }
        Answer now = SERVER.get("/v1/schedules/" + id);
        assertThat(now.text("/cron")).isEqualTo("0 4 * * *");
        assertThat(now.json("/paused").asBoolean()).isTrue();
    }

    @Test
    void aPausedScheduleResumesFromNowOn() {
        String id = create(NIGHTLY).text("/schedule_id");
        Answer paused = patch(id, "{\"paused\": true}");
        assertThat(paused.json("/paused").asBoolean()).isTrue();
        assertThat(paused.json("/next_run_at").isNull()).isTrue();
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE schedules SET next_run_at = NOW() - INTERVAL '3 days'"));
        Answer resumed = patch(id, "{\"paused\": false}");
        assertThat(java.time.OffsetDateTime.parse(resumed.text("/next_run_at")))
                .isAfter(java.time.OffsetDateTime.now());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tool_name = 'gone'",
                "parameters = '[]', tool_name = 'sleep'",
                "cron = 'nonsense'",
                "time_zone = 'Mars/Olympus'",
                "options = '{\"priority\": 11}'",
                "options = '{\"webhook\": {\"id\": \"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"}}'"
            })
    void aScheduleThatCanNoLongerRunIsPausedAndNotResumed(String broken) {
        String id = create(NIGHTLY).text("/schedule_id");
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE schedules SET " + broken));
        Answer paused = patch(id, "{\"paused\": true}");
        assertThat(paused.status()).as(paused.body()).isEqualTo(200);
        assertThat(paused.json("/paused").asBoolean()).isTrue();
        assertThat(patch(id, "{\"paused\": true}").json()).isEqualTo(paused.json());
        assertThat(patch(id, "{\"paused\": false}").status()).isEqualTo(422);
        assertThat(patch(id, "{\"paused\": true, \"priority\": 99}").status()).isEqualTo(422);
        assertThat(SERVER.get("/v1/schedules/" + id).json("/paused").asBoolean())
                .isTrue();
    }

    @Test
    void theLastErrorNamesNoToolsThatItsReadersMayNotSee() {
        String id = create(NIGHTLY).text("/schedule_id");
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE schedules SET next_run_at = NOW(), tool_name = 'ehco'"));
        // The node had this tool when it took the schedule.
        runScheduler("ehco", new ToolParamsCheck(ToolRegistry.of(BuiltIn.tools()), 1_000));
        assertThat(SERVER.get("/v1/schedules/" + id).text("/last_error"))
                .isEqualTo("There is no tool named ehco. GET /v1/mcp/tools lists those there are.");
    }

    @Test
    void itsJobsHaveItsOptions() {
        String id = create(NIGHTLY).text("/schedule_id");
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE schedules SET next_run_at = NOW()"));
        runScheduler();
        JsonNode schedule = SERVER.get("/v1/schedules/" + id).json();
        assertThat(schedule.path("last_error").isNull()).isTrue();
        JsonNode job =
                SERVER.get("/v1/jobs/" + schedule.path("last_job_id").asText()).json();
        assertThat(job.path("schedule_id").asText()).isEqualTo(id);
        assertThat(job.path("priority").asInt()).isEqualTo(7);
        assertThat(job.at("/retry/backoff").asText()).isEqualTo("5s");
        assertThat(job.path("params")).hasToString("{\"n\":1.50}");
        assertThat(job.path("trace_id").asText()).matches("[0-9a-f]{32}");
        for (String list : List.of("/v1/schedules/" + id + "/jobs", "/v1/jobs?schedule_id=" + id)) {
            assertThat(SERVER.get(list).json("/jobs/0/job_id")).isEqualTo(job.path("job_id"));
            assertThat(SERVER.get(list).json("/total").asInt()).isEqualTo(1);
        }
    }

    @Test
    void aRunByHandIsAJobLikeAnyOther() {
        String id = create(NIGHTLY).text("/schedule_id");
        String next = SERVER.get("/v1/schedules/" + id).text("/next_run_at");
        Answer run = SERVER.post("/v1/schedules/" + id + "/run", "", "Idempotency-Key", "by-hand");
        assertThat(run.status()).isEqualTo(201);
        assertThat(run.text("/schedule_id")).isEqualTo(id);
        JsonNode after = SERVER.get("/v1/schedules/" + id).json();
        assertThat(after.path("last_job_id")).isEqualTo(run.json("/job_id"));
        assertThat(after.path("next_run_at").asText()).isEqualTo(next);
        assertThat(SERVER.post("/v1/schedules/" + id + "/run", "", "Idempotency-Key", "by-hand")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void removingAScheduleKeepsItsJobs() {
        String id = create(NIGHTLY).text("/schedule_id");
        SERVER.post("/v1/schedules/" + id + "/run", "");
        assertThat(SERVER.delete("/v1/schedules/" + id).status()).isEqualTo(204);
        assertThat(SERVER.get("/v1/schedules/" + id).text("/error_code")).isEqualTo("SCHEDULE_NOT_FOUND");
        assertThat(SERVER.delete("/v1/schedules/" + id).status()).isEqualTo(404);
        assertThat(SERVER.get("/v1/schedules/" + id + "/jobs").json("/total").asInt())
                .isEqualTo(1);
    }

    @Test
    void aScheduleThatNeverWasHasNoListOfJobs() {
        Answer unknown = SERVER.get("/v1/schedules/" + UUID.randomUUID() + "/jobs");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.text("/error_code")).isEqualTo("SCHEDULE_NOT_FOUND");
        String id = create(NIGHTLY).text("/schedule_id");
        assertThat(SERVER.get("/v1/schedules/" + id + "/jobs").json("/jobs")).isEmpty();
    }

    @Test
    void theListContinuesFromItsCursor() {
        for (String name : List.of("c", "a", "b")) {
            create(NIGHTLY.replace("nightly", name));
        }
        Answer first = SERVER.get("/v1/schedules?limit=2");
        assertThat(first.json("/schedules").findValuesAsText("name")).containsExactly("a", "b");
        Answer second = SERVER.get("/v1/schedules?limit=2&cursor=" + first.text("/next_cursor"));
        assertThat(second.json("/schedules").findValuesAsText("name")).containsExactly("c");
        assertThat(second.json("/next_cursor").isNull()).isTrue();
        // Not Base64, and a NUL character.
        for (String cursor : List.of("%25", "AAAA")) {
            assertThat(SERVER.get("/v1/schedules?cursor=" + cursor).status()).isEqualTo(422);
        }
    }

    @Test
    void theSecretOfASchedulesWebhookIsNotShown() {
        Answer made = SERVER.post("/v1/schedules", """
                {"name": "told", "tool": "echo", "cron": "0 6 * * *", "retry": {"backoff": "10s", "jitter": null},
                 "webhook": {"url": "https://example.com/hook?key=hidden1", "secret": "%s", "password": "hidden2"}}
                """.formatted("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));

        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.json("/webhook")).hasToString("{\"url\":\"https://example.com/hook\"}");
        assertThat(made.json("/retry")).hasToString("{\"backoff\":\"10s\"}");
        assertThat(made.body()).doesNotContain("hidden", "whsec_");
    }
}
