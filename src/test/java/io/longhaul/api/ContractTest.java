package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.Problem;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The comparison of answers with the description finds wrong answers. */
class ContractTest {
    private static final Contract CONTRACT = Contract.ofJar();
    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static JsonNode example(String path, String verb, int status, String type) {
        return CONTRACT.document()
                .path("paths")
                .path(path)
                .path(verb)
                .path("responses")
                .path(String.valueOf(status))
                .path("content")
                .path(type)
                .path("example");
    }

    private static ObjectNode job() {
        return example("/v1/jobs/{id}", "get", 200, "application/json").deepCopy();
    }

    private static ObjectNode problem() {
        return CONTRACT.document().at("/components/schemas/Problem/examples/0").deepCopy();
    }

    private static Answer answer(int status, JsonNode body, String... headers) {
        Map<String, List<String>> all = new HashMap<>();
        all.put("traceparent", List.of(TRACEPARENT));
        all.put("content-type", List.of(status < 400 ? "application/json" : Problem.MEDIA_TYPE));
        if (status == 200) {
            all.put("etag", List.of("W/\"1.completed\""));
            all.put("vary", List.of("Prefer"));
        }
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1].isEmpty() ? List.of() : List.of(headers[i + 1]));
        }
        return new Answer(status, HttpHeaders.of(all, (name, value) -> true), body.toString());
    }

    private static String wrong(Answer answer) {
        return CONTRACT.wrong("GET", "/v1/jobs/3f2504e0-4f89-41d3-9a0c-0305e82c3301?x=y", answer)
                .orElse("");
    }

    @Test
    void aCorrectAnswerPasses() {
        assertThat(wrong(answer(200, job()))).isEmpty();
        assertThat(wrong(answer(404, problem()))).isEmpty();
    }

    @Test
    void anotherStatusFails() {
        assertThat(wrong(answer(418, problem()))).contains("status is not described");
        assertThat(wrong(answer(409, problem()))).contains("status is not described");
        assertThat(wrong(answer(404, problem().put("status", 400)))).contains("another status");
    }

    @Test
    void aMemberThatIsMissingOrOneTooManyFails() {
        ObjectNode less = job();
        less.remove("attempt");
        assertThat(wrong(answer(200, less))).contains("attempt").contains("required");
        assertThat(wrong(answer(200, job().put("secret", 1)))).contains("secret");
        assertThat(wrong(answer(404, problem().put("stack", "x")))).contains("stack");
    }

    @Test
    void aMemberOfAnotherTypeFails() {
        assertThat(wrong(answer(200, job().put("attempt", "1"))))
                .contains("/attempt")
                .contains("integer");
        assertThat(wrong(answer(200, job().put("attempt", 1.5))))
                .contains("/attempt")
                .contains("integer");
        assertThat(wrong(answer(200, job().put("status", "done"))))
                .contains("/status")
                .contains("enumeration");
        assertThat(wrong(answer(200, job().put("job_id", "1"))))
                .contains("/job_id")
                .contains("uuid");
        assertThat(wrong(answer(200, job().put("created_at", "today")))).contains("/created_at");
        assertThat(wrong(answer(200, job().putNull("tool")))).contains("/tool");
        assertThat(wrong(answer(200, job().set("progress", job())))).contains("/progress");
    }

    @Test
    void anErrorCodeOfOthersFails() {
        assertThat(wrong(answer(404, problem().put("error_code", "FILE_NOT_FOUND"))))
                .contains("/error_code");
    }

    @ParameterizedTest
    @CsvSource({
        "traceparent, '', traceparent is missing",
        "etag, '', ETag is missing",
        "retry-after, soon, Retry-After is soon",
        "x-powered-by, magic, x-powered-by is not described",
        "content-type, text/html, text/html is not described",
        "location, /v1/jobs, location is not described"
    })
    void aHeaderThatIsMissingWrongOrUnknownFails(String name, String value, String why) {
        assertThat(wrong(answer(200, job(), name, value))).contains(why);
    }

    @Test
    void anUndocumentedAnswerFails() {
        assertThat(CONTRACT.wrong("GET", "/v1/nothing", answer(200, job()))).isPresent();
        assertThat(CONTRACT.wrong("PUT", "/v1/jobs", answer(200, job()))).isPresent();
        assertThat(CONTRACT.wrong("PUT", "/v1/jobs", answer(404, problem()))).isEmpty();
        assertThat(CONTRACT.wrong("PUT", "/v1/jobs", answer(404, job()))).isPresent();
    }

    @Test
    void anAcceptedInvalidRequestFailsTheTest() {
        Answer taken = answer(201, job());
        Contract.checkTaken("POST", "/v1/jobs", "{\"tool\": \"echo\", \"unknown\": 1}", taken);
        assertThatThrownBy(() -> Contract.checkTaken("POST", "/v1/jobs", "{\"tool\": 1}", taken))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("/tool");
    }

    @Test
    void everyBodyHasAValidExample() {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path :
                CONTRACT.document().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> verb : path.getValue().properties()) {
                String operation = verb.getValue().path("operationId").asText();
                wrongExamples(operation, verb.getValue().path("requestBody"), wrong);
                verb.getValue().path("responses").properties().stream()
                        .filter(response -> response.getKey().compareTo("300") < 0)
                        .forEach(response ->
                                wrongExamples(operation + " " + response.getKey(), response.getValue(), wrong));
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static void wrongExamples(String place, JsonNode message, List<String> wrong) {
        message.path("content")
                .properties()
                .forEach(content -> CONTRACT.wrongExample(content.getKey(), content.getValue())
                        .ifPresent(why -> wrong.add(place + " " + content.getKey() + ": " + why)));
    }
}
