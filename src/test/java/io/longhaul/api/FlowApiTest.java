package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.BatchTransitions;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FlowApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @BeforeEach
    void forgetAll() {
        // A claim takes at most a thousand jobs, which is the size of one batch here.
        SERVER.jdbi()
                .useHandle(handle ->
                        handle.execute("TRUNCATE jobs, job_leases, job_dependencies, job_predecessors, job_batches"));
    }

    private static Answer submit(String members) {
        return SERVER.post("/v1/jobs", "{\"tool\": \"echo\"" + (members.isEmpty() ? "" : ", ") + members + "}");
    }

    private static Answer batch(String body, String... headers) {
        return SERVER.post("/v1/jobs/batch", body, headers);
    }

    private static List<String> pointers(Answer answer) {
        return StreamSupport.stream(answer.json("/errors").spliterator(), false)
                .map(error -> error.path("pointer").asText())
                .toList();
    }

    private static String completed() {
        String id = SERVER.submit();
        SERVER.worker().complete(SERVER.worker().claim(id), "{\"a\": 1}");
        return id;
    }

    @Test
    void aJobBringsItsOwnRetryPolicy() {
        Answer answer =
                submit("\"retry\": {\"backoff\": \"1m\", \"multiplier\": 3, \"max_backoff\": \"2h\", \"jitter\": 0.5},"
                        + " \"max_attempts\": 4, \"on_worker_loss\": \"fail\"");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json("/retry"))
                .hasToString("{\"backoff\":\"60s\",\"multiplier\":3.0,\"max_backoff\":\"7200s\",\"jitter\":0.5}");
        assertThat(answer.text("/on_worker_loss")).isEqualTo("fail");
        String id = answer.text("/job_id");
        assertThat(SERVER.get("/v1/jobs/" + id).asSubmitted()).isEqualTo(answer.json());
        ClaimedJob claimed = SERVER.worker().claim(id);
        assertThat(claimed.retry().backoffMillis()).isEqualTo(60_000);
        assertThat(claimed.retry().maxBackoffMillis()).isEqualTo(7_200_000);
    }

    @Test
    void allItsErrorsAreReportedAtOnce() {
        Answer answer =
                submit("\"retry\": {\"backoff\": 5, \"multiplier\": 0, \"max_backoff\": \"8d\", \"jitter\": \"x\"},"
                        + " \"on_worker_loss\": \"hope\", \"after\": [\"x\", 1], \"after_any\": 1");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("INVALID_REQUEST");
        assertThat(pointers(answer))
                .containsExactlyInAnyOrder(
                        "/retry/backoff",
                        "/retry/multiplier",
                        "/retry/max_backoff",
                        "/retry/jitter",
                        "/on_worker_loss",
                        "/after/0",
                        "/after/1",
                        "/after_any");
        assertThat(pointers(submit("\"retry\": {\"backoff\": \"5s\", \"max_backoff\": \"1s\"}, \"after\": []")))
                .containsExactly("/retry/max_backoff", "/after");
        assertThat(pointers(submit("\"after_any\": true"))).containsExactly("/after_any");
    }

    @Test
    void aJobWithPredecessorsIsPendingAndCountsThem() {
        String first = SERVER.submit();
        Answer answer =
                submit("\"after\": [\"%s\", \"%s\"]".formatted(first, first.toUpperCase(java.util.Locale.ROOT)));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("/status")).isEqualTo("pending");
        assertThat(answer.json("/awaits").asInt()).isEqualTo(1);
        Answer cancelled = SERVER.delete("/v1/jobs/" + answer.text("/job_id"));
        assertThat(cancelled.json("/cancelled").asBoolean()).isTrue();
        assertThat(SERVER.get("/v1/jobs/" + answer.text("/job_id"))
                        .json("/error")
                        .isNull())
                .isTrue();
    }

    @Test
    void aSubmitWithAnUnknownPredecessorIsRefused() {
        Answer answer = submit("\"after\": [\"" + UUID.randomUUID() + "\"]");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("UNKNOWN_PREDECESSOR");
        assertThat(pointers(answer)).containsExactly("/after/0");
    }

    @Test
    void aReferenceMustNameAJobOfAfter() {
        String first = SERVER.submit();
        String reference = "{\"$result\": \"" + first + "\"}";
        assertThat(submit("\"after\": [\"" + first + "\"], \"params\": {\"x\": [" + reference + "]}")
                        .status())
                .isEqualTo(201);
        Answer other = submit("\"after\": [\"" + SERVER.submit() + "\"], \"params\": {\"x\": [" + reference + "]}");
        assertThat(other.text("/error_code")).isEqualTo("INVALID_PARAMS");
        assertThat(pointers(other)).containsExactly("/params/x/0/$result");
        assertThat(pointers(submit("\"params\": " + reference))).containsExactly("/params/$result");
        assertThat(submit("\"params\": {\"$result\": 1}").status()).isEqualTo(201);
        assertThat(pointers(submit("\"after\": [\"" + first + "\"], \"params\": {\"$result\": \"" + first
                        + "\", \"pointer\": \"a\"}")))
                .containsExactly("/params");
    }

    @Test
    void aBatchIsStoredAsAWhole() {
        Answer answer = batch("{\"jobs\": [{\"tool\": \"echo\"}, {\"tool\": \"echo\", \"params\": {\"n\": 2}}]}");
        assertThat(answer.status()).isEqualTo(201);
        String id = answer.text("/batch_id");
        assertThat(answer.header("Location")).isEqualTo("/v1/batches/" + id);
        assertThat(answer.json("/created").asInt()).isEqualTo(2);
        assertThat(answer.text("/results/1/status")).isEqualTo("created");
        assertThat(answer.json("/results/1/job/params")).hasToString("{\"n\":2}");
        assertThat(answer.text("/results/1/job/batch_id")).isEqualTo(id);
        JsonNode shown = SERVER.get("/v1/batches/" + id).json();
        assertThat(shown.path("total").asInt()).isEqualTo(2);
        assertThat(shown.at("/counts/pending").asInt()).isEqualTo(2);
        assertThat(shown.path("ended_at").isNull()).isTrue();
        assertThat(SERVER.get("/v1/jobs?batch_id=" + id).json("/total").asInt()).isEqualTo(2);
    }

    @Test
    void aWaitForABatchIsAnsweredWhenItHasEnded() throws Exception {
        String id = batch("{\"jobs\": [{\"tool\": \"echo\"}]}").text("/batch_id");
        Answer soon = batchWhenEnded(id, 1);
        assertThat(soon.json("/ended_at").isNull()).isTrue();
        assertThat(soon.header("Preference-Applied")).isEqualTo("wait=1");

        CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> batchWhenEnded(id, 60));
        Await.until("it waits", Await.LONG, () -> SERVER.waits().waiting() == 1);
        SERVER.worker().complete(SERVER.worker().claim().get(0), "1");
        UUID[] ids = {UUID.fromString(id)};
        SERVER.jdbi().useExtension(BatchTransitions.class, batches -> batches.end(ids));
        SERVER.batchEnds().lookAgain();

        Answer ended = waiting.get(30, TimeUnit.SECONDS);
        assertThat(ended.json("/counts/completed").asInt()).isEqualTo(1);
        assertThat(ended.json("/ended_at").isNull()).isFalse();
        assertThat(batchWhenEnded(id, 60).json("/ended_at").isNull())
                .as("one that has ended is shown at once")
                .isFalse();
    }

    private static Answer batchWhenEnded(String id, int seconds) {
        return SERVER.send(SERVER.request("/v1/batches/" + id)
                .header("Prefer", "wait=" + seconds)
                .GET());
    }

    @Test
    void aBatchWithAWrongJobIsRefusedWithAllErrors() {
        String before = SERVER.get("/v1/jobs?limit=1").text("/total");
        Answer answer = batch("{\"jobs\": [{\"tool\": \"echo\"}, {\"tool\": \"none\"}, 7, {\"priority\": 11},"
                + " {\"tool\": \"sleep\", \"params\": {\"seconds\": \"x\"}}, {\"tool\": \"echo\", \"after\": [\""
                + UUID.randomUUID() + "\"]}]}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("INVALID_BATCH");
        assertThat(pointers(answer))
                .containsExactly(
                        "/jobs/1/tool", "/jobs/2", "/jobs/3/tool", "/jobs/3/priority", "/jobs/4/params/seconds");
        Answer unknown = batch(
                "{\"jobs\": [{\"tool\": \"echo\"}, {\"tool\": \"echo\", \"after\": [\"" + UUID.randomUUID() + "\"]}]}");
        assertThat(pointers(unknown)).containsExactly("/jobs/1/after/0");
        assertThat(SERVER.get("/v1/jobs?limit=1").text("/total")).isEqualTo(before);
    }

    @Test
    void eachJobOfABatchCanHaveItsOwnResult() {
        Answer answer = batch("{\"atomic\": false, \"jobs\": [{\"tool\": \"none\"}, {\"tool\": \"echo\"}]}");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json("/rejected").asInt()).isEqualTo(1);
        assertThat(answer.text("/results/0/status")).isEqualTo("rejected");
        assertThat(answer.text("/results/0/error/error_code")).isEqualTo("UNKNOWN_TOOL");
        assertThat(answer.text("/results/0/error/errors/0/pointer")).isEqualTo("/jobs/0/tool");
        assertThat(answer.text("/results/1/status")).isEqualTo("created");
        Answer none = batch("{\"atomic\": false, \"jobs\": [{\"tool\": \"none\"}]}");
        assertThat(none.status()).isEqualTo(200);
        assertThat(none.json("/batch_id").isNull()).isTrue();
    }

    @Test
    void aBatchSentAgainWithItsKeyIsTheSameBatch() {
        String body = "{\"jobs\": [{\"tool\": \"echo\"}, {\"tool\": \"echo\"}]}";
        Answer first = batch(body, "Idempotency-Key", "batch-key");
        Answer second = batch(body, "Idempotency-Key", "batch-key");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json("/replayed").asInt()).isEqualTo(2);
        assertThat(second.text("/batch_id")).isEqualTo(first.text("/batch_id"));
        assertThat(second.text("/results/1/job/job_id")).isEqualTo(first.text("/results/1/job/job_id"));
    }

    @Test
    void aClientThatPrefersIdsGetsOnlyIds() {
        String body = "{\"atomic\": false, \"jobs\": [{\"tool\": \"echo\"}, {\"tool\": \"none\"}]}";
        String[] headers = {"Prefer", "return=minimal", "Idempotency-Key", "ids"};
        Answer answer = batch(body, headers);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Preference-Applied")).isEqualTo("return=minimal");
        assertThat(answer.json("/results/0").size()).isEqualTo(3);
        assertThat(answer.text("/results/1/error/error_code")).isEqualTo("UNKNOWN_TOOL");
        String job = answer.text("/results/0/job_id");
        assertThat(SERVER.get("/v1/jobs/" + job).text("/batch_id")).isEqualTo(answer.text("/batch_id"));
        Answer again = batch(body, headers);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("/results/0/job_id")).isEqualTo(job);
        assertThat(again.text("/batch_id")).isEqualTo(answer.text("/batch_id"));
    }

    @Test
    void aBatchHasBounds() {
        assertThat(pointers(batch("{\"jobs\": []}"))).containsExactly("/jobs");
        assertThat(pointers(batch("{\"atomic\": 1}"))).containsExactly("/atomic", "/jobs");
        String many = String.join(
                ",",
                IntStream.range(0, 1_000).mapToObj(i -> "{\"tool\":\"echo\"}").toList());
        assertThat(batch("{\"jobs\": [" + many + "]}").json("/created").asInt()).isEqualTo(1_000);
        assertThat(pointers(batch("{\"jobs\": [" + many + ", {\"tool\": \"echo\"}]}")))
                .containsExactly("/jobs");
        String large = "{\"tool\": \"echo\", \"params\": {\"x\": \"" + "x".repeat(1_100_000) + "\"}}";
        assertThat(pointers(batch("{\"jobs\": [" + large + "]}"))).containsExactly("/jobs/0/params");
        String small = "{\"tool\": \"echo\", \"params\": {\"x\": \"" + "x".repeat(900_000) + "\"}}";
        assertThat(batch("{\"jobs\": [" + small + "," + small + "]}").status()).isEqualTo(201);
        assertThat(SERVER.get("/v1/batches/" + UUID.randomUUID()).text("/error_code"))
                .isEqualTo("BATCH_NOT_FOUND");
        assertThat(SERVER.get("/v1/batches/x").status()).isEqualTo(404);
    }

    @Test
    void aJobOfABatchWithMoreValuesThanFitIsRefusedAlone() {
        String many = "{\"tool\": \"echo\", \"params\": {\"x\": [" + "[],".repeat(600_000) + "[]]}}";
        String some = "{\"tool\": \"echo\", \"params\": {\"x\": [" + "[],".repeat(300_000) + "[]]}}";
        Answer answer = batch("{\"jobs\": [" + many + "," + some + "], \"atomic\": false}");
        assertThat(answer.text("/results/0/error/errors/0/pointer")).isEqualTo("/jobs/0");
        assertThat(answer.text("/results/1/status")).isEqualTo("created");
        assertThat(batch("{\"jobs\": [" + some + "," + many + "]}").text("/errors/0/pointer"))
                .isEqualTo("/jobs/1");
    }

    @Test
    void aRetryIsANewJobLikeTheOldOne() {
        String old = submit("\"params\": {\"n\": 1.50}, \"priority\": 3, \"ttl_hours\": 5, \"max_attempts\": 2,"
                        + " \"timeout_seconds\": 9, \"retry\": {\"backoff\": \"7s\"}")
                .text("/job_id");
        SERVER.worker().fail(SERVER.worker().claim(old), "TOOL_ERROR", "broke", null);
        JsonNode before = SERVER.get("/v1/jobs/" + old).json();
        Answer answer = SERVER.post("/v1/jobs/" + old + "/retry", "");
        assertThat(answer.status()).isEqualTo(201);
        String id = answer.text("/job_id");
        assertThat(answer.header("Location")).isEqualTo("/v1/jobs/" + id);
        assertThat(id).isNotEqualTo(old);
        JsonNode again = SERVER.get("/v1/jobs/" + id).json();
        assertThat(again.path("retry_of").asText()).isEqualTo(old);
        assertThat(again.path("status").asText()).isEqualTo("pending");
        for (String same : List.of("tool", "params", "priority", "max_attempts", "timeout_seconds", "retry")) {
            assertThat(again.path(same)).as(same).isEqualTo(before.path(same));
        }
        assertThat(java.time.Duration.between(
                        java.time.OffsetDateTime.parse(again.path("created_at").asText()),
                        java.time.OffsetDateTime.parse(again.path("expires_at").asText())))
                .isEqualTo(java.time.Duration.ofHours(5));
        assertThat(SERVER.get("/v1/jobs/" + old).json()).isEqualTo(before);
    }

    @Test
    void aRetryWithAKeyIsMadeOnce() {
        String old = completed();
        Answer first = SERVER.post("/v1/jobs/" + old + "/retry", "", "Idempotency-Key", "again");
        Answer second = SERVER.post("/v1/jobs/" + old + "/retry", "", "Idempotency-Key", "again");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(second.text("/job_id")).isEqualTo(first.text("/job_id"));
        assertThat(SERVER.post("/v1/jobs/" + completed() + "/retry", "", "Idempotency-Key", "again")
                        .text("/error_code"))
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void onlyEndedJobsCanBeRetried() {
        Answer answer = SERVER.post("/v1/jobs/" + SERVER.submit() + "/retry", "");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text("/error_code")).isEqualTo("JOB_NOT_FINISHED");
        assertThat(SERVER.post("/v1/jobs/" + UUID.randomUUID() + "/retry", "").text("/error_code"))
                .isEqualTo("JOB_NOT_FOUND");
        assertThat(SERVER.post("/v1/jobs/nonsense/retry", "").status()).isEqualTo(404);
    }

    @Test
    void everyAttemptShowsItsNodeAndItsEnd() {
        String id = submit("\"max_attempts\": 5").text("/job_id");
        SERVER.worker().fail(SERVER.worker().claim(id), "TOOL_ERROR", "broke", 0L);
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET delayed = FALSE WHERE id = ?::uuid", id));
        SERVER.worker().giveBack(SERVER.worker().claim(id));
        ClaimedJob last = SERVER.worker().claim(id);
        assertThat(SERVER.get("/v1/jobs/" + id).text("/node")).isEqualTo("step");
        SERVER.worker().complete(last, "1");
        JsonNode attempts = SERVER.get("/v1/jobs/" + id + "/attempts").json("/attempts");
        assertThat(attempts.findValuesAsText("attempt")).containsExactly("1", "2", "3");
        assertThat(attempts.findValuesAsText("status")).containsExactly("failed", "given_back", "completed");
        assertThat(attempts.findValuesAsText("node")).containsOnly("step").hasSize(3);
        assertThat(attempts.at("/1/error_code").asText()).isEqualTo("GIVEN_BACK");
        assertThat(SERVER.get("/v1/jobs/" + id).text("/node")).isEqualTo("step");
    }

    @Test
    void aCancelledAttemptNamesItsNode() {
        String id = SERVER.submit();
        SERVER.worker().claim(id);
        SERVER.delete("/v1/jobs/" + id);
        assertThat(SERVER.get("/v1/jobs/" + id + "/attempts")
                        .json("/attempts/0")
                        .path("node")
                        .asText())
                .isEqualTo("step");
    }

    @Test
    void aChainIsShownFromEachOfItsJobsAndAlsoWhenItHasEnded() {
        String first = SERVER.submit();
        String left = submit("\"after\": [\"" + first + "\"]").text("/job_id");
        String right = submit("\"after\": [\"" + first + "\"]").text("/job_id");
        String last = submit("\"after\": [\"" + left + "\", \"" + right + "\"]").text("/job_id");
        assertThat(SERVER.get("/v1/jobs/" + SERVER.submit() + "/chain").json("/jobs"))
                .isEmpty();
        SERVER.delete("/v1/jobs/" + first);
        SERVER.jdbi().useHandle(handle -> handle.execute("DELETE FROM job_dependencies"));

        JsonNode chain = SERVER.get("/v1/jobs/" + right + "/chain").json("/jobs");

        assertThat(chain.findValuesAsText("job_id"))
                .containsExactlyInAnyOrder(first, left, right, last)
                .startsWith(right);
        assertThat(chain.findValuesAsText("distance")).containsExactly("0", "1", "1", "2");
        for (JsonNode job : chain) {
            List<String> after = StreamSupport.stream(job.path("after").spliterator(), false)
                    .map(JsonNode::asText)
                    .toList();
            String id = job.path("job_id").asText();
            assertThat(after)
                    .containsExactlyInAnyOrderElementsOf(
                            id.equals(first) ? List.of() : id.equals(last) ? List.of(left, right) : List.of(first));
            assertThat(job.path("status").asText()).isEqualTo(id.equals(first) ? "cancelled" : "pending");
        }
        assertThat(SERVER.get("/v1/jobs/" + UUID.randomUUID() + "/chain").status())
                .isEqualTo(404);
    }

    @Test
    void aRemovedPredecessorIsStillKnownByItsIdAndALargeChainIsCut() {
        String first = SERVER.submit();
        SERVER.jdbi().useHandle(handle -> handle.execute("""
                INSERT INTO job_predecessors
                SELECT md5('longhaul' || n)::uuid, ?::uuid FROM generate_series(1, 500) n""", first));
        Answer answer = SERVER.get("/v1/jobs/" + first + "/chain");
        assertThat(answer.json("/jobs")).hasSize(200);
        assertThat(answer.json("/more").booleanValue()).isTrue();
        assertThat(answer.json("/jobs/1").has("status")).isFalse();
        assertThat(answer.json("/jobs/1/after/0").asText()).isEqualTo(first);
    }
}
