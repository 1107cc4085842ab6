package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Resources: jobs with their parts, and those of the configuration. */
class ResourcesTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, """
              - type: command
                name: leaves.files
                command: [bash, -c, 'mkdir "$0/a b"; printf "1,2" > "$0/a b/t.csv"; printf "\\0\\1" > "$0/p.png"', "{outputs}"]
            mcp:
              resources:
                - {uri: "docs://guide", name: Guide, text: "Read me."}
                - {uri: "docs://{part}/page", text: "Page of {part}."}
            """);

    private static McpClient client() {
        return NODE.client().initialize("2025-11-25");
    }

    private static JsonNode read(String uri) {
        return client().result("resources/read", "{\"uri\": \"" + uri + "\"}").at("/contents/0");
    }

    @Test
    void aJobIsReadAsAResource() {
        String id = client().result("tools/call", "{\"name\": \"step\", \"task\": {}}")
                .at("/task/taskId")
                .asText();
        String uri = "longhaul://jobs/" + id;
        Step step = NODE.claim("step");
        step.log("one");
        step.log("two");
        assertThat(Json.parse(read(uri).path("text").asText()).path("status").asText())
                .isEqualTo("running");
        assertThat(client().error("resources/read", "{\"uri\": \"" + uri + "/result\"}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32002);
        step.complete("{\"a\": 1}");

        assertThat(read(uri + "/result").path("text").asText()).isEqualTo("{\"a\": 1}");
        assertThat(read(uri + "/log").path("text").asText()).isEqualTo("one\ntwo\n");
        assertThat(read(uri + "/log").path("mimeType").asText()).isEqualTo("text/plain");
        assertThat(client().result("resources/list", "{}").path("resources").findValuesAsText("uri"))
                .startsWith("docs://guide")
                .contains(uri);
    }

    @Test
    void filesOfAJobAreLinkedAndRead() {
        JsonNode result = client().result("tools/call", "{\"name\": \"leaves.files\"}");

        JsonNode csv = result.path("content").get(1);
        assertThat(csv.path("type").asText()).isEqualTo("resource_link");
        assertThat(csv.path("uri").asText()).endsWith("/files/a%20b/t.csv");
        assertThat(read(csv.path("uri").asText()).path("text").asText()).isEqualTo("1,2");
        JsonNode png = result.path("content").get(2);
        assertThat(png.path("mimeType").asText()).isEqualTo("image/png");
        assertThat(read(png.path("uri").asText()).path("blob").asText()).isEqualTo("AAE=");
    }

    @Test
    void resourcesOfTheConfigurationAreRead() {
        assertThat(read("docs://guide").path("text").asText()).isEqualTo("Read me.");
        assertThat(client().initialize("2025-11-25").result("resources/subscribe", "{\"uri\": \"docs://one/page\"}"))
                .isEmpty();
        assertThat(read("docs://one/page").path("text").asText()).isEqualTo("Page of one.");
        assertThat(client().error("resources/read", "{\"uri\": \"docs://one/two/page\"}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32002);
        assertThat(client().result("resources/templates/list", "{}")
                        .path("resourceTemplates")
                        .findValuesAsText("uriTemplate"))
                .contains("longhaul://jobs/{id}/log", "docs://{part}/page");
    }

    private static String uri(String uri) {
        return "{\"uri\": \"" + uri + "\"}";
    }

    @Test
    void addressesThatCannotBeAreRefused() {
        String job = "longhaul://jobs/11111111-2222-4333-8444-555555555555/files/";
        for (String wrong : List.of(job + "x".repeat(10_000), "docs://\\u0000/page")) {
            for (String method : List.of("resources/read", "resources/subscribe", "resources/unsubscribe")) {
                JsonNode error = client().error(method, uri(wrong));
                assertThat(error.path("code").asInt()).as(method).isEqualTo(-32602);
                assertThat(error.path("message").asText())
                        .isEqualTo("Invalid params: uri must have at most 10000 characters, none of them NUL.");
            }
            assertThat(NODE.client()
                            .modern("{}")
                            .error(
                                    "subscriptions/listen",
                                    "{\"notifications\": {\"resourceSubscriptions\": [\"" + wrong + "\"]}}")
                            .path("code")
                            .asInt())
                    .isEqualTo(-32602);
        }
        assertThat(client().error("resources/read", uri(job + "%00"))
                        .path("code")
                        .asInt())
                .isEqualTo(-32002);
    }
}
