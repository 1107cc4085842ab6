package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Remote workers that ask for input. */
class RemoteInputsApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, tools()).withRemote();

    @Order(3)
    @RegisterExtension
    static final ApiServer OTHER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, tools()).withRemote();

    private static final String QUESTION =
            "\"key\": \"approve\", \"message\": \"May I?\", \"schema\": {\"type\": \"boolean\"}";

    private String token;

    private static List<RegisteredTool> tools() {
        return TestTools.all("[{type: remote, name: asks, timeout: 10m, input: {timeout: 3h}}]");
    }

    private static String submit() {
        return SERVER.post("/v1/jobs", "{\"tool\": \"asks\"}").text("/job_id");
    }

    private JsonNode claim(int wait) {
        String body = "{\"tools\": [\"asks\"], \"wait\": " + wait + "}";
        Answer answer = token == null
                ? SERVER.post("/v1/workers/claim", body)
                : SERVER.post("/v1/workers/claim", body, "Longhaul-Worker-Token", token);
        token = answer.json("/worker_token").asText(token);
        return answer.json("/jobs/0");
    }

    private Answer tell(JsonNode job, String what, String body) {
        return SERVER.post(job.path("url").asText() + "/" + what, body, "Longhaul-Worker-Token", token);
    }

    private Answer ask(JsonNode job, int wait) {
        return tell(job, "inputs", "{" + QUESTION + ", \"wait\": " + wait + "}");
    }

    private static Answer answer(ApiServer server, String job, String content) {
        return server.post("/v1/jobs/" + job + "/inputs/approve", "{\"content\": " + content + "}");
    }

    private static long secondsLeft(String job) {
        return SERVER.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "SELECT EXTRACT(EPOCH FROM deadline - NOW())::bigint FROM job_leases WHERE job_id = :id::uuid")
                        .bind("id", job)
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void aWorkerHearsOfTheAnswerAtOnceOnWhateverNodeItWasGiven() {
        String id = submit();
        JsonNode job = claim(20);
        Answer asked = ask(job, 0);
        assertThat(asked.text("/action")).isEqualTo("null");
        assertThat(SERVER.get("/v1/jobs/" + id).text("/waiting_for_input")).isEqualTo("true");
        CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> ask(job, 3));
        assertThat(answer(OTHER, id, "\"yes\"").text("/error_code")).isEqualTo("INVALID_ANSWER");
        assertThat(answer(OTHER, id, "true").status()).isEqualTo(200);
        assertThat(waiting.join().text("/action")).isEqualTo("accept");
        assertThat(waiting.join().text("/content")).isEqualTo("true");
        assertThat(tell(job, "complete", "{\"result\": true}").text("/status")).isEqualTo("completed");
    }

    @Test
    void aReleasedJobThatWaitsComesBackWithItsAnswer() {
        String id = submit();
        JsonNode job = claim(20);
        ask(job, 0);
        assertThat(tell(job, "release", "{}").text("/status")).isEqualTo("released");
        Answer waits = SERVER.get("/v1/jobs/" + id);
        assertThat(waits.text("/status")).isEqualTo("pending");
        assertThat(waits.text("/waiting/reason")).isEqualTo("INPUT");
        assertThat(claim(0).isMissingNode()).isTrue();
        answer(OTHER, id, "false");
        JsonNode again = claim(20);
        assertThat(again.path("attempt").intValue()).isEqualTo(2);
        assertThat(ask(again, 0).text("/content")).isEqualTo("false");
        assertThat(SERVER.get("/v1/jobs/" + id + "/attempts").text("/attempts/0/status"))
                .isEqualTo("waiting_for_input");
        tell(again, "complete", "{}");
    }

    @Test
    void aResultAfterAReleaseThatWaitsIsRefused() {
        String id = submit();
        JsonNode job = claim(20);
        ask(job, 0);
        tell(job, "release", "{}");
        Answer late = tell(job, "complete", "{\"result\": true}");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text("/error_code")).isEqualTo("LEASE_LOST");
        assertThat(SERVER.delete("/v1/jobs/" + id).status()).isEqualTo(200);
    }

    @Test
    void aQuestionThatIsSentTwiceAtOnceStopsTheTimeOnce() {
        String id = submit();
        JsonNode job = claim(20);
        List<CompletableFuture<Answer>> sent = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> ask(job, 0)))
                .toList();
        sent.forEach(one -> assertThat(one.join().status()).isEqualTo(200));
        assertThat(secondsLeft(id)).isBetween(3 * 3600L, 3 * 3600 + 600L);
        answer(SERVER, id, "true");
        tell(job, "complete", "{}");
    }

    @Test
    void theTimeOfAnAttemptStandsStillWhileItWaits() {
        String id = submit();
        JsonNode job = claim(20);
        ask(job, 0);
        assertThat(secondsLeft(id)).isBetween(3 * 3600L, 3 * 3600 + 600L);
        ask(job, 0);
        assertThat(secondsLeft(id)).as("asked again").isBetween(3 * 3600L, 3 * 3600 + 600L);
        answer(SERVER, id, "true");
        assertThat(secondsLeft(id)).isBetween(500L, 600L);
        tell(job, "complete", "{}");
    }

    @Test
    void aWorkerHearsThatNobodyAnsweredInTime() {
        String id = submit();
        JsonNode job = claim(20);
        ask(job, 0);
        SERVER.jdbi().useHandle(handle -> handle.execute("UPDATE job_inputs SET expires_at = NOW()"));
        assertThat(ask(job, 3).text("/expired")).isEqualTo("true");
        tell(job, "fail", "{\"error_code\": \"UNANSWERED\", \"message\": \"Nobody answered.\"}");
        assertThat(SERVER.get("/v1/jobs/" + id).text("/error_code")).isEqualTo("UNANSWERED");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"message": "May I?"}                                                | key
            {"key": "a b", "message": "May I?"}                                  | letters, digits
            {"key": "approve", "message": "May I?", "schema": {"type": "odd"}}   | schema
            {"key": "approve", "message": "May I?", "wait": 31}                  | 30
            """)
    void aWrongQuestionIsRefused(String body, String why) {
        submit();
        JsonNode job = claim(20);
        Answer refused = tell(job, "inputs", body);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/message")).contains(why);
        tell(job, "complete", "{}");
        assertThat(ask(job, 0).text("/error_code"))
                .as("not its attempt any more")
                .isEqualTo("LEASE_LOST");
    }
}
