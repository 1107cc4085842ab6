package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WebhooksApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String URL = "https://example.org/hooks?token=not-to-be-told";

    @BeforeEach
    void forgetAll() {
        SERVER.jdbi()
                .useHandle(h -> h.execute("TRUNCATE webhooks, webhook_deliveries, webhook_attempts, jobs, schedules"));
    }

    private static Answer create(String body) {
        return SERVER.post("/v1/webhooks", body);
    }

    private static String created() {
        return create("{\"url\": \"" + URL + "\"}").text("/webhook_id");
    }

    private static Answer patch(String path, String body) {
        return SERVER.send(SERVER.request(path)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(body)));
    }

    private static Answer submit(String webhook, String... headers) {
        return SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"webhook\": " + webhook + "}", headers);
    }

    private static List<String> pointers(Answer answer) {
        return StreamSupport.stream(answer.json("/errors").spliterator(), false)
                .map(error -> error.path("pointer").asText())
                .toList();
    }

    private static List<String> ids(JsonNode deliveries) {
        return deliveries.findValuesAsText("delivery_id");
    }

    private static void fail(String webhook) {
        SERVER.jdbi()
                .useHandle(h -> h.execute(
                        "UPDATE webhook_deliveries SET status = 'failed', next_at = NULL, ended_at = NOW() WHERE webhook_id = ?",
                        UUID.fromString(webhook)));
    }

    @Test
    void aChangeUndoesNoChangeThatCameBeforeItsBody() throws Exception {
        String path = "/v1/webhooks/" + created();
        try (HeldRequest slow = new HeldRequest(SERVER.port(), path, "{\"description\": \"late\"}")) {
            assertThat(patch(path, "{\"include_result\": true}").status()).isEqualTo(200);
            assertThat(slow.send()).startsWith("HTTP/1.1 200");
        }
        Answer now = SERVER.get(path);
        assertThat(now.text("/description")).isEqualTo("late");
        assertThat(now.json("/include_result").asBoolean()).isTrue();
    }

    @Test
    void anEndpointIsCreatedAndItsSecretIsShownOnce() {
        Answer made = create("{\"url\": \"" + URL + "\", \"description\": \"for people\"}");
        assertThat(made.status()).isEqualTo(201);
        String path = "/v1/webhooks/" + made.text("/webhook_id");
        assertThat(made.header("Location")).endsWith(path);
        String secret = made.text("/secret");
        assertThat(secret).startsWith("whsec_").hasSize("whsec_".length() + 44);
        assertThat(made.json("/events").findValuesAsText("")).isEmpty();
        assertThat(made.json("/events")).hasToString("[\"job.completed\",\"job.failed\",\"job.cancelled\"]");
        assertThat(made.json("/tools").isNull()).isTrue();
        assertThat(made.text("/status")).isEqualTo("active");
        for (Answer later : List.of(
                SERVER.get(path),
                SERVER.get("/v1/webhooks"),
                patch(path, "{\"description\": null}"),
                SERVER.post(path + "/pause", ""),
                SERVER.post(path + "/resume", ""))) {
            assertThat(later.status()).isEqualTo(200);
            assertThat(later.body())
                    .contains(made.text("/webhook_id"))
                    .doesNotContain("secret\"")
                    .doesNotContain(secret);
        }
        assertThat(create("{\"url\": \"" + URL + "\", \"secret\": \"" + SECRET + "\"}")
                        .text("/secret"))
                .isEqualTo(SECRET);
    }

    @Test
    void allErrorsAreReportedAtOnceWithoutTheSecret() {
        Answer wrong = create("{\"url\": \"http://10.0.0.1/\", \"events\": [\"job.begun\"], \"tools\": \"echo\","
                + " \"include_result\": 1, \"secret\": \"whsec_tooshort\"}");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(pointers(wrong))
                .containsExactlyInAnyOrder("/url", "/events", "/tools", "/include_result", "/secret");
        assertThat(wrong.body()).contains("webhooks.allowPrivate").doesNotContain("tooshort");
        assertThat(pointers(create("{}"))).containsExactly("/url");
        assertThat(pointers(create("{\"url\": \"" + URL + "\", \"events\": []}")))
                .containsExactly("/events");
    }

    @Test
    void aChangeOfAnEndpointAppliesToTheMembersOfTheBody() {
        String path = "/v1/webhooks/" + created();
        Answer changed = patch(path, "{\"events\": [\"batch.ended\"], \"tools\": [\"echo\", \"echo\"]}");
        assertThat(changed.json("/events")).hasToString("[\"batch.ended\"]");
        assertThat(changed.json("/tools")).hasToString("[\"echo\"]");
        assertThat(changed.text("/url")).isEqualTo(URL);
        assertThat(patch(path, "{\"tools\": null}").json("/tools").isNull()).isTrue();
        assertThat(pointers(patch(path, "{\"secret\": \"" + SECRET + "\"}"))).containsExactly("/secret");
        assertThat(pointers(patch(path, "{\"url\": \"http://[::1]/\"}"))).containsExactly("/url");
    }

    @Test
    void unknownResourcesAreNotFound() {
        String nobody = "/v1/webhooks/" + UUID.randomUUID();
        for (Answer answer : List.of(
                SERVER.get(nobody),
                SERVER.get("/v1/webhooks/x"),
                patch(nobody, "{}"),
                SERVER.delete(nobody),
                SERVER.post(nobody + "/pause", ""),
                SERVER.post(nobody + "/resume", ""),
                SERVER.post(nobody + "/rotate-secret", ""),
                SERVER.post(nobody + "/test", ""),
                SERVER.get(nobody + "/deliveries"),
                SERVER.post(nobody + "/redeliver", "{\"since\": \"2026-01-01T00:00:00Z\"}"))) {
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text("/error_code")).isEqualTo("WEBHOOK_NOT_FOUND");
        }
        String there = "/v1/webhooks/" + created();
        assertThat(SERVER.post(there + "/deliveries/" + UUID.randomUUID() + "/redeliver", "")
                        .text("/error_code"))
                .isEqualTo("DELIVERY_NOT_FOUND");
        assertThat(SERVER.get("/v1/jobs/x/deliveries").status()).isEqualTo(404);
    }

    @Test
    void aRotatedSecretIsShownOnceAndTheOldOneExpires() {
        String path = "/v1/webhooks/" + created();
        Answer rotated = SERVER.post(path + "/rotate-secret", "{\"grace_hours\": 2}");
        assertThat(rotated.status()).isEqualTo(200);
        assertThat(rotated.text("/secret")).startsWith("whsec_");
        assertThat(rotated.text("/old_secret_until")).isNotEmpty();
        assertThat(SERVER.get(path).json().has("secret")).isFalse();
        Answer atOnce = SERVER.post(path + "/rotate-secret", "{\"grace_hours\": 0, \"secret\": \"" + SECRET + "\"}");
        assertThat(atOnce.text("/secret")).isEqualTo(SECRET);
        assertThat(atOnce.json("/old_secret_until").isNull()).isTrue();
        assertThat(pointers(SERVER.post(path + "/rotate-secret", "{\"grace_hours\": -1, \"secret\": \"x\"}")))
                .containsExactlyInAnyOrder("/grace_hours", "/secret");
    }

    @Test
    void listsContinueFromTheirCursor() {
        Set<String> made = new HashSet<>(List.of(created(), created(), created()));
        Answer first = SERVER.get("/v1/webhooks?limit=2");
        Answer second = SERVER.get("/v1/webhooks?limit=2&cursor=" + first.text("/next_cursor"));
        List<String> listed = new ArrayList<>(first.json("/webhooks").findValuesAsText("webhook_id"));
        listed.addAll(second.json("/webhooks").findValuesAsText("webhook_id"));
        assertThat(listed).hasSize(3).hasSameElementsAs(made);
        assertThat(second.json("/next_cursor").isNull()).isTrue();
        String path = "/v1/webhooks/" + made.iterator().next();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sent.add(0, SERVER.post(path + "/test", "").text("/delivery_id"));
        }
        Answer page = SERVER.get(path + "/deliveries?limit=2");
        assertThat(ids(page.json("/deliveries"))).isEqualTo(sent.subList(0, 2));
        page = SERVER.get(path + "/deliveries?limit=2&cursor=" + page.text("/next_cursor"));
        assertThat(ids(page.json("/deliveries"))).isEqualTo(sent.subList(2, 3));
        assertThat(page.json("/next_cursor").isNull()).isTrue();
        assertThat(SERVER.get(path + "/deliveries?status=failed").json("/deliveries"))
                .isEmpty();
        assertThat(pointers(SERVER.get(path + "/deliveries?status=x&cursor=y&limit=0")))
                .containsExactlyInAnyOrder("/status", "/cursor", "/limit");
        String madeUp = "+1000000000-12-31T23:59:59Z " + UUID.randomUUID();
        String cursor = Base64.getUrlEncoder().encodeToString(madeUp.getBytes(StandardCharsets.UTF_8));
        assertThat(pointers(SERVER.get(path + "/deliveries?cursor=" + cursor.replace("=", ""))))
                .containsExactly("/cursor");
    }

    @Test
    void aTestEventIsDeliveredLikeAnyOther() {
        String id = created();
        Answer test = SERVER.post("/v1/webhooks/" + id + "/test", "");
        assertThat(test.status()).isEqualTo(202);
        assertThat(test.text("/event")).isEqualTo("webhook.test");
        assertThat(test.text("/status")).isEqualTo("pending");
        assertThat(test.text("/webhook_id")).isEqualTo(id);
        assertThat(test.json("/attempts")).isEmpty();
    }

    @Test
    void anEndedDeliveryIsRepeated() {
        String path = "/v1/webhooks/" + created();
        String other = created();
        String delivery = SERVER.post(path + "/test", "").text("/delivery_id");
        String again = path + "/deliveries/" + delivery + "/redeliver";
        assertThat(SERVER.post(again, "").text("/error_code")).isEqualTo("DELIVERY_PENDING");
        fail(path.substring("/v1/webhooks/".length()));
        assertThat(SERVER.post("/v1/webhooks/" + other + "/deliveries/" + delivery + "/redeliver", "")
                        .status())
                .isEqualTo(404);
        assertThat(SERVER.post(again, "").status()).isEqualTo(202);
        assertThat(SERVER.get(path + "/deliveries").text("/deliveries/0/status"))
                .isEqualTo("pending");
        fail(path.substring("/v1/webhooks/".length()));
        Answer none = SERVER.post(path + "/redeliver", "{\"since\": \"2999-01-01T00:00:00Z\"}");
        assertThat(none.json("/redelivered").asInt()).isZero();
        Answer all = SERVER.post(path + "/redeliver", "{\"since\": \"2020-01-01T00:00:00Z\"}");
        assertThat(all.json()).hasToString("{\"redelivered\":1,\"more\":false}");
        assertThat(pointers(SERVER.post(path + "/redeliver", "{}"))).containsExactly("/since");
    }

    @Test
    void removingAnEndpointRemovesItsDeliveries() {
        String path = "/v1/webhooks/" + created();
        SERVER.post(path + "/test", "");
        assertThat(SERVER.delete(path).status()).isEqualTo(204);
        long left = SERVER.jdbi()
                .withHandle(h -> h.select("SELECT count(*) FROM webhook_deliveries")
                        .mapTo(Long.class)
                        .one());
        assertThat(left).isZero();
    }

    @Test
    void aSubmitNamesItsWebhook() {
        String webhook = "{\"url\": \"" + URL + "\", \"secret\": \"" + SECRET + "\", \"events\": [\"job.cancelled\"],"
                + " \"include_result\": true}";
        Answer submitted = submit(webhook);
        assertThat(submitted.status()).isEqualTo(201);
        String job = submitted.text("/job_id");
        for (Answer shown : List.of(submitted, SERVER.get("/v1/jobs/" + job), SERVER.get("/v1/jobs"))) {
            assertThat(shown.body()).doesNotContain(SECRET).doesNotContain("not-to-be-told");
        }
        assertThat(submitted.text("/webhook/url")).isEqualTo("https://example.org/hooks");
        assertThat(submitted.text("/webhook/events/0")).isEqualTo("job.cancelled");
        assertThat(SERVER.get("/v1/jobs/" + job + "/deliveries").json("/deliveries"))
                .isEmpty();
        SERVER.delete("/v1/jobs/" + job);
        Answer told = SERVER.get("/v1/jobs/" + job + "/deliveries");
        assertThat(told.text("/deliveries/0/event")).isEqualTo("job.cancelled");
        assertThat(told.body()).doesNotContain(SECRET).doesNotContain("not-to-be-told");
        Answer retried = SERVER.post("/v1/jobs/" + job + "/retry", "");
        assertThat(retried.json("/webhook")).isEqualTo(submitted.json("/webhook"));
        assertThat(SERVER.submit()).isNotNull();
        assertThat(SERVER.get("/v1/jobs/" + SERVER.submit()).json().has("webhook"))
                .isFalse();
    }

    @Test
    void aSubmitNamesAnEndpoint() {
        String id = create("{\"url\": \"" + URL + "\", \"tools\": []}").text("/webhook_id");
        String job = submit("{\"id\": \"" + id + "\"}").text("/job_id");
        SERVER.delete("/v1/jobs/" + job);
        assertThat(SERVER.get("/v1/jobs/" + job + "/deliveries").text("/deliveries/0/webhook_id"))
                .isEqualTo(id);
        Answer unknown = submit("{\"id\": \"" + UUID.randomUUID() + "\"}");
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.text("/error_code")).isEqualTo("INVALID_REQUEST");
        assertThat(pointers(unknown)).containsExactly("/webhook/id");
    }

    @Test
    void anInvalidWebhookIsRefused() {
        assertThat(pointers(submit("\"https://example.org\""))).containsExactly("/webhook");
        assertThat(pointers(submit("{}"))).containsExactly("/webhook/url");
        assertThat(pointers(submit("{\"url\": \"" + URL + "\", \"id\": \"" + UUID.randomUUID() + "\"}")))
                .containsExactly("/webhook/url");
        assertThat(pointers(submit(
                        "{\"id\": \"x\", \"secret\": \"y\", \"events\": [\"batch.ended\"], \"include_result\": 1}")))
                .containsExactlyInAnyOrder(
                        "/webhook/id",
                        "/webhook/secret",
                        "/webhook/secret",
                        "/webhook/events",
                        "/webhook/include_result");
        assertThat(pointers(submit("{\"url\": \"http://localhost/\"}"))).containsExactly("/webhook/url");
        assertThat(
                        pointers(
                                SERVER.post(
                                        "/v1/jobs/batch",
                                        "{\"jobs\": [{\"tool\": \"echo\"}, {\"tool\": \"echo\", \"webhook\": {\"url\": \"http://10.0.0.1/\"}}]}")))
                .containsExactly("/jobs/1/webhook/url");
    }

    @Test
    void theWebhookIsPartOfThePayloadOfAnIdempotencyKey() {
        String one = "{\"url\": \"" + URL + "\", \"secret\": \"" + SECRET + "\"}";
        Answer first = submit(one, "Idempotency-Key", "hook");
        Answer replay = submit(one, "Idempotency-Key", "hook");
        assertThat(replay.status()).isEqualTo(200);
        assertThat(replay.text("/job_id")).isEqualTo(first.text("/job_id"));
        assertThat(submit("{\"url\": \"" + URL + "\"}", "Idempotency-Key", "hook")
                        .text("/error_code"))
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void batchesAndSchedulesNameTheirWebhooks() {
        String webhook = "\"webhook\": {\"url\": \"" + URL + "\", \"secret\": \"" + SECRET + "\"}";
        Answer batch = SERVER.post("/v1/jobs/batch", "{\"jobs\": [{\"tool\": \"echo\", " + webhook + "}]}");
        assertThat(batch.text("/results/0/job/webhook/url")).isEqualTo("https://example.org/hooks");
        Answer schedule = SERVER.post(
                "/v1/schedules", "{\"name\": \"n\", \"tool\": \"echo\", \"cron\": \"0 3 * * *\", " + webhook + "}");
        assertThat(schedule.status()).isEqualTo(201);
        assertThat(schedule.body()).doesNotContain(SECRET);
        String path = "/v1/schedules/" + schedule.text("/schedule_id");
        assertThat(patch(path, "{\"cron\": \"0 4 * * *\"}").body()).doesNotContain(SECRET);
        String job = SERVER.post(path + "/run", "").text("/job_id");
        String stored = SERVER.jdbi()
                .withHandle(h -> h.select("SELECT webhook->>'secret' FROM jobs WHERE id = ?", UUID.fromString(job))
                        .mapTo(String.class)
                        .one());
        assertThat(stored).isEqualTo(SECRET);
    }
}
