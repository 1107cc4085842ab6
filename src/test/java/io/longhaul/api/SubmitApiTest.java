package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{}                                       | /tool",
                "{'tool': null}                           | /tool",
                "{'tool': 1}                              | /tool",
                "{'tool': ''}                             | /tool",
                "{'tool': ['echo']}                       | /tool",
                "{'params': {}}                           | /tool",
                "{'tool': 'echo', 'ttl_hours': 0}         | /ttl_hours",
                "{'tool': 'echo', 'ttl_hours': 169}       | /ttl_hours",
                "{'tool': 'echo', 'ttl_hours': -1}        | /ttl_hours",
                "{'tool': 'echo', 'ttl_hours': 1.5}       | /ttl_hours",
                "{'tool': 'echo', 'ttl_hours': '24'}      | /ttl_hours",
                "{'tool': 'echo', 'ttl_hours': true}      | /ttl_hours",
                "{'tool': 'echo', 'ttl_hours': 1e400}     | /ttl_hours",
                "{'tool': 'echo', 'ttl_hours': 1e-999999} | /ttl_hours",
                "{'tool': 'echo', 'priority': 11}         | /priority",
                "{'tool': 'echo', 'priority': -1}         | /priority",
                "{'tool': 'echo', 'priority': 'high'}     | /priority",
                "{'tool': 'echo', 'max_attempts': 0}      | /max_attempts",
                "{'tool': 'echo', 'timeout_seconds': 0}   | /timeout_seconds",
                "{'tool': 'echo', 'run_at': 'tomorrow'}   | /run_at",
                "{'tool': 'echo', 'run_at': 1700000000}   | /run_at",
                "{'tool': 'echo', 'run_at': '2026-01-01T00:00:00'} | /run_at",
                "{'tool': 'echo', 'run_at': '+999999999-01-01T00:00:00Z'} | /run_at",
                "{'tool': 'echo', 'run_at': '+10000-01-01T00:00:00Z'} | /run_at",
                "{'tool': 'echo', 'idempotency_key': ''}  | /idempotency_key",
                "{'tool': 'echo', 'idempotency_key': 7}   | /idempotency_key",
                "{'tool': 'echo', 'idempotency_key': 'a\\u0000b'} | /idempotency_key",
                "{'tool': 'echo', 'idempotency_key': 'a\\ud800b'} | /idempotency_key",
                "[]                                       | ''",
                "null                                     | ''",
                "'text'                                   | ''"
            })
    void aWrongFieldIsReported(String body, String pointer) {
        Answer answer = SERVER.post("/v1/jobs", body.replace('\'', '"'));

        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("INVALID_REQUEST");
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer.replace("''", ""));
        assertThat(answer.text("/detail")).isNotEmpty();
    }

    @Test
    void allWrongFieldsAreReportedAtOnce() {
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"ttl_hours\": 0, \"priority\": 99}");

        assertThat(answer.json("/errors").findValuesAsText("pointer")).containsExactly("/ttl_hours", "/priority");
        assertThat(answer.text("/tool")).isEqualTo("echo");
    }

    @Test
    void anUnknownToolIsRefused() {
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"no.such.tool\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("UNKNOWN_TOOL");
        assertThat(answer.text("/tool")).isEqualTo("no.such.tool");
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/tool");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", "\\ud83e", "\\u007f'; DROP TABLE jobs; --"})
    void aStrangeToolNameIsRefused(String name) {
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"" + name + "\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/tool");
    }

    @Test
    void aToolNameLongerThanItsColumnIsRefused() {
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"" + "x".repeat(5_000) + "\"}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void paramsAreCheckedAgainstTheToolsSchema() {
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"sleep\", \"params\": {\"seconds\": \"long\"}}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("INVALID_PARAMS");
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/params/seconds");
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"sleep\"}").status()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{'a': {'b~/c': 'x\\u0000'}} | /params/a/b~0~1c",
                "{'a': ['\\udead']}          | /params/a/0",
                "{'n\\u0000': 1}             | /params",
                "{'a': [1e200000]}           | /params/a/0",
                "{'tiny': 1e-20000}          | /params/tiny"
            })
    void paramsThatCannotBeStoredAreRefused(String params, String pointer) {
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": " + params.replace('\'', '"') + "}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("INVALID_PARAMS");
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
    }

    @Test
    void aNumberWithTooManyDigitsIsRefusedWithItsPointer() {
        for (String number : List.of("1".repeat(200_000), "1e99999999999", "1.5e-99999999999")) {
            Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"a\": [0, " + number + "]}}");
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.text("/errors/0/pointer")).isEqualTo("/params/a/1");
        }
    }

    @Test
    void numbersThatAreShortHereAndLongInTheDatabaseAreRefused() {
        String numbers = String.join(",", java.util.Collections.nCopies(1_000, "1e131000"));

        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"a\": [" + numbers + "]}}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("INVALID_PARAMS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":12345678901234567890123456789}",
                "{\"n\":0.1234567890123456789012345678901234567890}",
                "{\"n\":1.10}",
                "{\"n\":-0.5}",
                "{\"a\":[1,2.50,[],{}]}",
                "{\"a\":\"text\"}",
                "{\"a\":null}",
                "{\"a\":true}",
                "{\"\":\"\",\"\u65e5\":\"\ud83e\uddec\\n\\\"\"}"
            })
    void paramsKeepEveryDigitAndMayHoldAnyJson(String params) {
        String id = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": " + params + "}")
                .text("/job_id");

        assertThat(SERVER.get("/v1/jobs/" + id).body().replaceAll("([:,]) ", "$1"))
                .contains("\"params\":" + params + ",");
    }

    @Test
    void nullMeansLeftOutForMembersWithoutADefault() {
        Answer answer = SERVER.post(
                "/v1/jobs",
                "{\"tool\": \"echo\", \"run_at\": null, \"max_attempts\": null, \"timeout_seconds\": null,"
                        + " \"idempotency_key\": null}");

        assertThat(answer.status()).isEqualTo(201);
    }

    @Test
    void allOptionsOfASubmitAreStored() {
        Answer answer = SERVER.post(
                "/v1/jobs",
                "{\"tool\": \"echo\", \"priority\": 10, \"max_attempts\": 3, \"timeout_seconds\": 90,"
                        + " \"run_at\": \"2040-01-01T00:00:00Z\", \"ttl_hours\": 2}");

        JsonNode job = SERVER.get("/v1/jobs/" + answer.text("/job_id")).asSubmitted();
        assertThat(job).isEqualTo(answer.json());
        assertThat(job.path("priority").asInt()).isEqualTo(10);
        assertThat(job.path("max_attempts").asInt()).isEqualTo(3);
        assertThat(job.path("timeout_seconds").asInt()).isEqualTo(90);
        assertThat(job.path("expires_at").asText()).isEqualTo("2040-01-01T02:00:00.000000+00:00");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "{'tool': 'echo', 'idempotencykey': 'x'}            | /idempotencykey | idempotency_key",
                "{'tool': 'echo', 'priorty': 5}                     | /priorty        | priority",
                "{'tool': 'echo', 'retry': {'backof': '1s'}}        | /retry/backof   | backoff"
            })
    void aMistypedMemberIsIgnoredWithAWarning(String body, String pointer, String meant) {
        String json = body.replace('\'', '"');
        for (String path : List.of("/v1/jobs", "/v1/jobs?")) {
            Answer answer = SERVER.post(path, json);
            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.text("/warnings/0/pointer")).isEqualTo(pointer);
            assertThat(answer.text("/warnings/0/message"))
                    .isEqualTo("is no member of this request: did you mean " + meant + "?");
            assertThat(answer.header("Warning"))
                    .isEqualTo("299 - \"" + pointer + " is no member of this request: did you mean " + meant + "?\"");
        }
        Answer batch = SERVER.post("/v1/jobs/batch", "{\"jobs\": [{\"tool\": \"echo\"}, " + json + "]}");
        assertThat(batch.text("/warnings/0/pointer")).isEqualTo("/jobs/1" + pointer);
    }

    @Test
    void aRequestWithoutUnknownMembersHasNoWarnings() {
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"priorty\": 1}}");
        assertThat(answer.header("Warning")).isNull();
        assertThat(answer.json().has("warnings")).isFalse();
    }

    @Test
    void manyAndStrangeUnknownMembersMakeShortWarnings() {
        StringBuilder body = new StringBuilder("{\"tool\": \"echo\", \"\\u00fc\\\"x\": 1");
        for (int i = 0; i < 500; i++) {
            body.append(", \"").append("z".repeat(1_000)).append(i).append("\": 1");
        }
        Answer answer = SERVER.post("/v1/jobs", body.append('}').toString());
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json("/warnings")).hasSize(20);
        assertThat(answer.header("Warning")).startsWith("299 - \"/?\\\"x is no member");
    }

    @Test
    void aJobMayHaveToBeginInTime() {
        Answer plain = SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}");
        assertThat(plain.json("/start_within_seconds").isNull()).isTrue();
        assertThat(plain.json("/start_by").isNull()).isTrue();
        Answer limited = SERVER.post(
                "/v1/jobs", "{\"tool\": \"echo\", \"start_within_seconds\": 90, \"run_at\": \"2040-01-01T00:00:00Z\"}");
        JsonNode job = SERVER.get("/v1/jobs/" + limited.text("/job_id")).asSubmitted();
        assertThat(job).isEqualTo(limited.json());
        assertThat(job.path("start_within_seconds").asInt()).isEqualTo(90);
        assertThat(job.path("start_by").asText()).isEqualTo("2040-01-01T00:01:30.000000+00:00");
        assertThat(SERVER.get("/v1/jobs/" + limited.text("/job_id")).text("/waiting/message"))
                .endsWith(" It fails unless it begins by 2040-01-01T00:01:30Z.");
    }

    @Test
    void theTimeToBeginIsPartOfTheRequestOfAKey() {
        String body = "{\"tool\": \"echo\", \"idempotency_key\": \"in time\"%s}";
        Answer first = SERVER.post("/v1/jobs", body.formatted(", \"start_within_seconds\": 90"));
        assertThat(SERVER.post("/v1/jobs", body.formatted(", \"start_within_seconds\": 90"))
                        .text("/job_id"))
                .isEqualTo(first.text("/job_id"));
        assertThat(SERVER.post("/v1/jobs", body.formatted("")).status()).isEqualTo(422);
    }

    @Test
    void theSameKeyGivesTheSameJob() {
        String body = "{\"tool\": \"echo\", \"params\": {\"a\": 1, \"b\": 2}, \"idempotency_key\": \"same\"}";
        Answer first = SERVER.post("/v1/jobs", body);
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("Idempotency-Replayed")).isNull();

        // The order of members and white space do not change the payload.
        String again = "{\"params\":{\"b\":2,\"a\":1},\"idempotency_key\":\"same\",\"tool\":\"echo\"}";
        Answer second = SERVER.post("/v1/jobs", again);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(second.text("/job_id")).isEqualTo(first.text("/job_id"));
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));

        Answer other = SERVER.post("/v1/jobs", body.replace("\"a\": 1", "\"a\": 3"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.text("/error_code")).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(other.text("/tool")).isEqualTo("echo");
    }

    @Test
    void theKeyMayComeInAHeaderQuotedOrBare() {
        String body = "{\"tool\": \"echo\"}";
        String id = SERVER.post("/v1/jobs", body, "Idempotency-Key", "\"in-a-header\"")
                .text("/job_id");

        assertThat(SERVER.post("/v1/jobs", body, "Idempotency-Key", "in-a-header")
                        .text("/job_id"))
                .isEqualTo(id);
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"idempotency_key\": \"in-a-header\"}")
                        .text("/job_id"))
                .isEqualTo(id);
    }

    @Test
    void headerAndFieldMustNotDiffer() {
        Answer answer =
                SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"idempotency_key\": \"one\"}", "Idempotency-Key", "two");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/idempotency_key");
    }

    @Test
    void racingSubmitsWithOneKeyMakeOneJob() throws Exception {
        int racers = 200;
        CountDownLatch start = new CountDownLatch(1);
        Callable<Answer> submit = () -> {
            start.await();
            return SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}", "Idempotency-Key", "race");
        };
        ExecutorService threads = Executors.newFixedThreadPool(racers);
        try {
            List<Future<Answer>> answers = IntStream.range(0, racers)
                    .mapToObj(i -> threads.submit(submit))
                    .toList();
            start.countDown();
            Set<String> ids = answers.stream().map(SubmitApiTest::jobId).collect(Collectors.toSet());
            assertThat(ids).hasSize(1);
            assertThat(answers.stream().filter(a -> status(a) == 201)).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theJobAndTheAnswerContinueTheCallersTrace() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        Answer answer =
                SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}", "traceparent", "00-" + trace + "-00f067aa0ba902b7-01");

        assertThat(answer.text("/trace_id")).isEqualTo(trace);
        assertThat(answer.header("traceparent")).startsWith("00-" + trace + "-").endsWith("-01");
        assertThat(answer.header("traceparent")).doesNotContain("00f067aa0ba902b7");
        assertThat(SERVER.get("/v1/jobs?trace_id=" + trace).json("/jobs")).hasSize(1);
    }

    @Test
    void withoutATraceEachJobHasItsOwn() {
        String first = SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}").text("/trace_id");
        String second = SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}", "traceparent", "00-bad-01")
                .text("/trace_id");

        assertThat(first).matches("[0-9a-f]{32}").isNotEqualTo(second);
        assertThat(second).matches("[0-9a-f]{32}");
    }

    @Test
    void numbersAreMeasuredAsWrittenOut() {
        String many = "1e131071,".repeat(120) + "0";
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"n\": [" + many + "]}}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).startsWith("/params/n/");
        assertThat(answer.text("/errors/0/message")).contains("too large when written out");
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"n\": [1e131071, 1e-300]}}")
                        .status())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/jobs {'tool': 'x\\ud800'} /tool",
                "/v1/jobs {'tool': 'echo', 'fairness_key': 'a\\u0000'} /fairness_key",
                "/v1/jobs {'tool': 'echo', 'params': {'a': ['\\udfff']}} /params/a/0",
                "/v1/schedules {'name': 'n\\udc00', 'tool': 'echo', 'cron': '0 0 * * *'} /name",
                "/v1/webhooks {'url': 'http://127.0.0.1:1/', 'description': '\\ud800'} /description",
                "/v1/tools/echo/pause {'reason': 'a\\ud800b'} /reason",
                "/v1/jobs/batch {'jobs': [{'tool': 'echo', 'idempotency_key': 'k\\ud800'}]} /jobs/0/idempotency_key",
                "/v1/jobs/batch {'jobs': [{'tool': 'echo', 'params': {'b\\u0000': 1}}]} /jobs/0/params",
            })
    void textThatCannotBeStoredIsRefusedWithItsPointer(String sent) {
        String[] parts = sent.split(" ", 2);
        int end = parts[1].lastIndexOf(' ');
        Answer answer = SERVER.post(parts[0], parts[1].substring(0, end).replace('\'', '"'));
        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(parts[1].substring(end + 1));
    }

    @Test
    void aDuplicateKeyInABatchIsReportedWithItsPosition() {
        Answer answer = SERVER.post(
                "/v1/jobs/batch",
                "{\"jobs\": [{\"tool\": \"echo\"}, {\"tool\": \"echo\", \"idempotency_key\": \"twice\"},"
                        + " {\"tool\": \"ping\", \"idempotency_key\": \"twice\"}]}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/jobs/2/idempotency_key");
        assertThat(answer.text("/errors/0/message")).isEqualTo("is that of /jobs/1, with another payload");
        assertThat(answer.body()).doesNotContain("used for job");
    }

    @Test
    void namesAreCountedInCharacters() {
        String name = "\ud83d\ude00".repeat(100);
        String schedule = "{\"name\": \"%s\", \"tool\": \"echo\", \"cron\": \"0 0 1 1 *\"}";
        assertThat(SERVER.post("/v1/schedules", schedule.formatted(name)).status())
                .isEqualTo(201);
        Answer longer = SERVER.post("/v1/schedules", schedule.formatted(name + "a"));
        assertThat(longer.status()).isEqualTo(422);
        assertThat(longer.text("/errors/0/pointer")).isEqualTo("/name");
    }

    @Test
    void aConfigurationOutOfRangeNamesTheAllowedValues() {
        assertThatThrownBy(() -> new ApiConfiguration(
                        10,
                        10,
                        java.time.Duration.ofHours(1),
                        java.time.Duration.ofHours(1),
                        java.time.Duration.ofSeconds(1)))
                .hasMessage("api.maxBody is 10 bytes: write a size from 1KiB to 64MiB");
    }

    private static int status(Future<Answer> answer) {
        return await(answer).status();
    }

    private static String jobId(Future<Answer> answer) {
        return await(answer).text("/job_id");
    }

    private static Answer await(Future<Answer> answer) {
        try {
            return answer.get();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
