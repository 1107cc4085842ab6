package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.ApiConfiguration.UnknownMembers;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members that no request has: the answer warns of them, or the server refuses them. */
class UnknownMembersApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @Order(3)
    @RegisterExtension
    static final ApiServer STRICT = new ApiServer(
            DATABASE, ApiConfiguration.of(null, null, null, null, null, null, UnknownMembers.REFUSE), BuiltIn.tools());

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiter = '|',
            value = {
                "/v1/schedules | {`name`: `a`, `tool`: `echo`, `cron`: `* * * * *`, `timezone`: `UTC`} | time_zone",
                "/v1/tools/ping/pause | {`raeson`: `x`} | reason"
            })
    void eachBodyWarnsOfAMistypedMember(String path, String body, String meant) {
        Answer answer = SERVER.post(path, body.replace('`', '"'));
        assertThat(answer.status()).isLessThan(300);
        assertThat(answer.text("/warnings/0/message")).endsWith("did you mean " + meant + "?");
        assertThat(answer.header("Warning")).endsWith("did you mean " + meant + "?\"");
    }

    @Test
    void aRequestThatTakesNoBodyWarnsOfItsMembers() {
        String job = SERVER.submit();
        Answer cancelled = SERVER.send(
                SERVER.request("/v1/jobs/" + job).method("DELETE", BodyPublishers.ofString("{\"reason\": \"late\"}")));
        assertThat(cancelled.status()).isEqualTo(200);
        assertThat(cancelled.header("Warning")).contains("/reason is no member of this request");
        String retry = "/v1/jobs/" + job + "/retry";
        Answer warned = SERVER.post(retry, "{\"params\": {}, \"priority\": 9}");
        assertThat(warned.status()).isEqualTo(201);
        assertThat(warned.json("/warnings").findValuesAsText("pointer"))
                .containsExactlyInAnyOrder("/params", "/priority");
        for (String nothing : new String[] {"", "{}", " {} ", "no JSON", "[1]"}) {
            Answer quiet = SERVER.post(retry, nothing);
            assertThat(quiet.status()).as(nothing).isEqualTo(201);
            assertThat(quiet.header("Warning")).as(nothing).isNull();
        }
        assertThat(STRICT.post(retry, "{\"priority\": 9}").text("/errors/0/pointer"))
                .isEqualTo("/priority");
        String schedule = SERVER.post(
                        "/v1/schedules", "{\"name\": \"bodiless\", \"tool\": \"echo\", \"cron\": \"0 6 * * *\"}")
                .text("/schedule_id");
        assertThat(SERVER.post("/v1/schedules/" + schedule + "/run", "{\"params\": {}}")
                        .json("/warnings"))
                .hasSize(1);
        Answer deleted = SERVER.send(SERVER.request("/v1/schedules/" + schedule)
                .method("DELETE", BodyPublishers.ofString("{\"all\": true}")));
        assertThat(deleted.status()).isEqualTo(204);
        assertThat(deleted.header("Warning")).contains("/all");
    }

    @Test
    void theSettingRefusesThem() {
        Answer answer = STRICT.post("/v1/jobs", "{\"tool\": \"echo\", \"idempotencykey\": \"x\"}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/idempotencykey");
        assertThat(answer.text("/message")).contains("did you mean idempotency_key?");
        Answer batch = STRICT.post("/v1/jobs/batch", "{\"jobs\": [{\"tool\": \"echo\", \"priorty\": 1}]}");
        assertThat(batch.status()).isEqualTo(422);
        assertThat(batch.text("/errors/0/pointer")).isEqualTo("/jobs/0/priorty");
        assertThat(STRICT.post("/v1/jobs", "{\"tool\": \"echo\", \"priority\": 1}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void eachLineHasItsOwnWarnings() {
        Answer answer = SERVER.send(SERVER.request("/v1/jobs/batch")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString("{\"tool\": \"echo\"}\n{\"tool\": \"echo\", \"priorty\": 1}\n")));
        assertThat(answer.status()).isEqualTo(201);
        String[] lines = answer.body().split("\n");
        assertThat(lines[0]).doesNotContain("warnings");
        assertThat(lines[1]).contains("did you mean priority?");
    }

    /** A mistyped name may be why something is missing. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiter = '|',
            value = {
                "/v1/jobs       | {`tool`: `sleep`, `parms`: {`seconds`: 1}} | /parms | params",
                "/v1/jobs?      | {`tool`: `sleep`, `parms`: {`seconds`: 1}} | /parms | params",
                "/v1/jobs       | {`tol`: `echo`}                            | /tol   | tool",
                "/v1/jobs/batch | {`jobs`: [{`tool`: `echo`}, {`tool`: `sleep`, `parms`: {`seconds`: 1}}]} | /jobs/1/parms | params",
                "/v1/schedules  | {`name`: `b`, `tool`: `sleep`, `cron`: `* * * * *`, `parms`: {}} | /parms | params"
            })
    void aRefusalNamesAMistypedMember(String path, String body, String pointer, String meant) {
        Answer answer = SERVER.post(path, body.replace('`', '"'));
        String sentence = "is no member of this request: did you mean " + meant + "?";
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/warnings/0/pointer")).isEqualTo(pointer);
        assertThat(answer.text("/warnings/0/message")).isEqualTo(sentence);
        assertThat(answer.text("/detail")).endsWith(". " + pointer.substring(1) + " " + sentence);
        assertThat(answer.header("Warning")).isEqualTo("299 - \"" + pointer + " " + sentence + "\"");
    }

    @Test
    void aRefusedLineHasItsWarnings() {
        Answer answer = SERVER.send(SERVER.request("/v1/jobs/batch")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString("{\"tool\": \"sleep\", \"parms\": 1}\n{\"tol\": \"echo\"}\n")));
        String[] lines = answer.body().split("\n");
        assertThat(lines[0]).contains("INVALID_PARAMS", "did you mean params?");
        assertThat(lines[1]).contains("INVALID_REQUEST", "did you mean tool?");
    }
}
