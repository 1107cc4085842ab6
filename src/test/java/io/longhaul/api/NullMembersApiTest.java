package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each member of a body may be null if the API's description says so, and no other may. */
class NullMembersApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiter = '|',
            value = {
                "/v1/jobs              | JobRequest       | {`tool`: `echo`} | ~~",
                "/v1/jobs/batch        | JobRequest       | {`jobs`: [{`tool`: `echo`}]} | /jobs/0",
                "/v1/jobs/batch        | BatchRequest     | {`jobs`: [{`tool`: `echo`}]} | ~~",
                "/v1/schedules         | ScheduleRequest  | {`name`: `NEW`, `tool`: `echo`, `cron`: `0 6 * * *`} | ~~",
                "/v1/webhooks          | WebhookRequest   | {`url`: `https://example.org/`} | ~~",
                "/v1/operations        | OperationRequest | {`kind`: `cancel`, `all`: true, `filter`: {`tool`: `no`}} | ~~",
                "/v1/operations        | OperationFilter  | {`kind`: `cancel`, `all`: true, `filter`: {}} | /filter",
                "/v1/tools/ping/pause  | PauseRequest     | {} | ~~"
            })
    void nullIsTakenWhereTheDescriptionSaysSo(String path, String schema, String body, String at) throws Exception {
        JsonNode members =
                Contract.ofJar().document().at("/components/schemas/" + schema).path("properties");
        assertThat(members).isNotEmpty();
        for (Map.Entry<String, JsonNode> member : members.properties()) {
            ObjectNode sent = (ObjectNode) JSON.readTree(
                    body.replace('`', '"').replace("NEW", UUID.randomUUID().toString()));
            ((ObjectNode) sent.at(at)).putNull(member.getKey());
            Answer answer = SERVER.post(path, sent.toString());
            JsonNode wrong = answer.json().path("errors");
            String pointer = at + "/" + member.getKey();
            if (mayBeNull(member.getValue())) {
                assertThat(wrong.findValuesAsText("pointer"))
                        .as("%s: %s", sent, answer.body())
                        .doesNotContain(pointer);
            } else {
                assertThat(answer.status()).as("%s: %s", sent, answer.body()).isEqualTo(422);
            }
        }
    }

    /** Any JSON is null, too. */
    private static boolean mayBeNull(JsonNode schema) {
        return !schema.has("$ref") && !schema.has("type") && !schema.has("anyOf")
                || schema.toString().contains("\"null\"");
    }

    @Test
    void aScheduleTakesTheSameNullsWhenItIsMadeAndChanged() throws JsonProcessingException {
        String nulls = "{\"ttl_hours\": null, \"priority\": null, \"timeout_seconds\": null, \"overlap\": null}";
        ObjectNode made = (ObjectNode) JSON.readTree(nulls);
        made.put("name", "nulls").put("tool", "echo").put("cron", "0 6 * * *");
        Answer answer = SERVER.post("/v1/schedules", made.toString());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        Answer changed = SERVER.send(SERVER.request("/v1/schedules/" + answer.text("/schedule_id"))
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(nulls)));
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        Answer job = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"priority\": null, \"ttl_hours\": null}");
        assertThat(job.json("/priority").intValue()).isZero();
    }
}
