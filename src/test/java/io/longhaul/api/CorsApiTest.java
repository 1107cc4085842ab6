package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pages of another site that may use this server, without authentication, where mistakes would be worst. */
class CorsApiTest {
    private static final String PAGES = "https://pages.example";
    private static final String EVIL = "https://pages.example.evil.example";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withAuth(new AccessConfiguration(
                    AccessConfiguration.Mode.NONE,
                    List.of(),
                    List.of(),
                    0,
                    false,
                    List.of(PAGES),
                    OidcConfiguration.NONE));

    @Test
    void anAllowedPageGetsThePreflightAnswer() {
        Answer answer = preflight(PAGES);
        assertThat(answer.status()).isIn(200, 204);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(PAGES);
        assertThat(answer.header("Access-Control-Allow-Methods")).contains("POST", "PATCH", "DELETE");
        assertThat(answer.header("Access-Control-Allow-Headers"))
                .contains("Authorization", "Content-Type", "Idempotency-Key");
        assertThat(answer.header("Access-Control-Max-Age")).isEqualTo("7200");
        assertNeverWithCredentials(answer);
    }

    @Test
    void anAllowedPageMaySendAndReadAllThatIsDescribed() throws IOException {
        JsonNode described = new ObjectMapper().readTree(getClass().getResourceAsStream("/openapi.json"));
        Set<String> methods = new TreeSet<>();
        described
                .path("paths")
                .forEach(path -> path.fieldNames().forEachRemaining(name -> {
                    if (path.path(name).has("responses")) {
                        methods.add(name.toUpperCase(Locale.ROOT));
                    }
                }));
        Set<String> sent = new TreeSet<>(List.of("Mcp-Session-Id", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"));
        described.findParents("in").stream()
                .filter(parameter -> parameter.path("in").asText().equals("header"))
                .forEach(parameter -> sent.add(parameter.path("name").asText()));
        Set<String> read = new TreeSet<>(List.of("Mcp-Session-Id", "Content-Disposition"));
        described.findValues("headers").forEach(headers -> headers.fieldNames().forEachRemaining(read::add));
        // The browser minds Vary itself, and shows Cache-Control to everybody.
        read.removeAll(List.of("Vary", "Cache-Control"));
        assertThat(list(preflight(PAGES), "Access-Control-Allow-Methods"))
                .contains("PUT")
                .containsAll(methods);
        assertThat(list(preflight(PAGES), "Access-Control-Allow-Headers"))
                .contains("Prefer")
                .containsAll(sent);
        assertThat(list(
                        SERVER.send(SERVER.request("/v1/jobs").header("Origin", PAGES)),
                        "Access-Control-Expose-Headers"))
                .contains("Warning")
                .containsAll(read);
    }

    private static List<String> list(Answer answer, String header) {
        return Stream.of(answer.header(header).split(",")).map(String::strip).toList();
    }

    @Test
    void otherPagesCannotReadAnswers() {
        for (String origin :
                List.of(EVIL, "http://pages.example", "https://pagesXexample", "https://pages.example:1", "null")) {
            Answer answer = preflight(origin);
            assertThat(answer.header("Access-Control-Allow-Origin")).as(origin).isNull();
            assertThat(answer.headers().allValues("vary")).as(origin).contains("Origin");
            Answer read = SERVER.send(SERVER.request("/v1/jobs").header("Origin", origin));
            assertThat(read.header("Access-Control-Allow-Origin")).as(origin).isNull();
            assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}", "Origin", origin)
                            .text("/error_code"))
                    .as(origin)
                    .isEqualTo("ORIGIN_NOT_ALLOWED");
        }
    }

    @Test
    void anAllowedPageSubmitsAndReadsAnswersAndErrors() {
        Answer plain = SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}", "Origin", PAGES);
        assertThat(plain.status()).isEqualTo(201);
        Answer waits = SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}", "Origin", PAGES, "Prefer", "respond-async");
        Answer list = SERVER.send(SERVER.request("/v1/jobs").header("Origin", PAGES));
        Answer job =
                SERVER.send(SERVER.request("/v1/jobs/" + plain.text("/job_id")).header("Origin", PAGES));
        Answer missing = SERVER.send(SERVER.request("/v1/nothing").header("Origin", PAGES));
        for (Answer answer : List.of(plain, waits, list, job, missing)) {
            assertThat(answer.header("Access-Control-Allow-Origin"))
                    .as("%s", answer)
                    .isEqualTo(PAGES);
            assertThat(answer.header("Access-Control-Expose-Headers")).contains("Location", "Retry-After");
            assertThat(varies(answer)).contains("Origin");
            assertNeverWithCredentials(answer);
        }
        assertThat(varies(plain)).contains("Prefer");
        assertThat(varies(job)).contains("Prefer");
    }

    @Test
    void cachedAnswersVaryByOrigin() {
        assertThat(varies(SERVER.get("/v1/jobs"))).contains("Origin");
        assertThat(SERVER.get("/v1/jobs").header("Access-Control-Allow-Origin")).isNull();
    }

    private static String varies(Answer answer) {
        return String.join(",", answer.headers().allValues("vary"));
    }

    private static void assertNeverWithCredentials(Answer answer) {
        assertThat(answer.header("Access-Control-Allow-Credentials")).isNull();
    }

    private static Answer preflight(String origin) {
        return SERVER.send(SERVER.request("/v1/jobs")
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .method("OPTIONS", BodyPublishers.noBody()));
    }
}
