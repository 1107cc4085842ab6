package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.cli.remote.RemoteCommands;
import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.mcp.McpClient;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages say of the other doors is run as it stands there: by a shell, by the command line, by a client of MCP. */
class DoorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LATER = ", \"run_at\": \"2099-01-01T00:00:00Z\"}";

    /** A shell takes the words apart; the programs only say which they got. */
    private static final String PROGRAMS = "curl() { printf '%s\\0' \"$@\"; }; java() { printf '%s\\0' \"$@\"; }; ";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    private final Browser browser = NODE.browser();

    /** One way to do the same, with what the doors of the page say. */
    private record Way(String name, String curl, String shell, String mcp) {}

    private static List<Way> ways(Shown shown) {
        List<Way> ways = new ArrayList<>();
        for (Element list : shown.page().select(".commands dl")) {
            Element before = list.previousElementSibling();
            List<Element> doors = list.select("dd");
            ways.add(new Way(
                    before != null && before.hasClass("what") ? before.text() : "",
                    code(doors.get(0)),
                    code(doors.get(1)),
                    code(doors.get(2))));
            assertThat(doors)
                    .as("a door that has no such thing says so")
                    .allMatch(door -> !door.text().isEmpty());
        }
        return ways;
    }

    private static String code(Element door) {
        Element code = door.selectFirst("code");
        return code == null ? null : code.wholeText();
    }

    private static List<String> words(String command) {
        try {
            Process shell = new ProcessBuilder("sh", "-c", PROGRAMS + command)
                    .redirectErrorStream(true)
                    .start();
            String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.asList(out.split("\0"));
        } catch (IOException e) {
            throw new AssertionError(command, e);
        }
    }

    private static HttpResponse<String> curl(String command) {
        List<String> words = words(command);
        HttpRequest.Builder request = HttpRequest.newBuilder();
        String method = "GET";
        String body = null;
        for (int i = 0; i < words.size(); i++) {
            switch (words.get(i)) {
                case "-s" -> {}
                case "-X" -> method = words.get(++i);
                case "-d" -> body = words.get(++i);
                case "-H" -> {
                    String[] header = words.get(++i).split(": ", 2);
                    request.header(header[0], header[1]);
                }
                default -> request.uri(URI.create(words.get(i)));
            }
        }
        if (body != null && method.equals("GET")) {
            method = "POST";
        }
        request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        try {
            return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String shell(String command) {
        List<String> words = words(command);
        assertThat(words.subList(0, 2)).containsExactly("-jar", "app.jar");
        List<String> asked = new ArrayList<>(words.subList(2, words.size()));
        asked.add("--json");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = new RemoteCommands(
                        Map.of(),
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(asked);
        assertThat(exit)
                .as(command + "\n" + err.toString(StandardCharsets.UTF_8))
                .isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static JsonNode mcp(String request) {
        int space = request.indexOf(' ');
        return new McpClient(NODE.url() + "/mcp", null)
                .initialize("2025-11-25")
                .result(request.substring(0, space), request.substring(space + 1));
    }

    private static Set<String> found(String json) throws JsonProcessingException {
        Set<String> ids = new TreeSet<>();
        for (String line : json.strip().split("\n")) {
            if (!line.isEmpty()) {
                ids.addAll(JSON.readTree(line).findValuesAsText("job_id"));
            }
        }
        return ids;
    }

    private static String failed(String sequence) {
        String id = NODE.submit("{\"tool\": \"step\", \"max_attempts\": 1, \"params\": {\"sample\": \"" + sequence
                + "\"}, \"traceparent\": \"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"}");
        String attempt = NODE.claim(id);
        NODE.api("POST", attempt + "/logs", "{\"lines\": [\"reading\", \"error: it's -full\", \"end\"]}", null);
        NODE.api(
                "POST",
                attempt + "/fail",
                "{\"message\": \"it's -full; $HOME `ls` \\\\\", \"retryable\": false}",
                null);
        return id;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?status=failed",
                "?tool=step&error=it%27s%20-full%3B%20%24HOME%20%60ls%60%20%5C",
                "?error=-full&since=24h",
                "?status=failed&created_after=2026-01-01T00:00:00Z&created_before=2099-01-01T00:00:00Z",
                "?tool=step&params.sample=-S%201&columns=params.sample",
                "?sort=-completed_at&status=failed",
                "?sort=created_at",
                "?failure=FAILURE",
                "?id_prefix=PREFIX",
                "?trace_id=TRACE",
                "?trace_id_prefix=TRACEPREFIX",
            })
    void aListIsTheSameThroughEachDoor(String query) throws JsonProcessingException {
        String id = failed("-S 1");
        NODE.submit("{\"tool\": \"ping\"" + LATER);
        JsonNode job = NODE.api("GET", "/v1/jobs/" + id, "", null);
        String trace = job.path("trace_id").asText();
        String whole = query.replace(
                        "FAILURE",
                        NODE.api("GET", "/v1/failures", "", null)
                                .findValue("failure")
                                .asText())
                .replace("TRACEPREFIX", trace.substring(0, 8))
                .replace("TRACE", trace)
                .replace("PREFIX", id.substring(0, 8));

        Shown shown = browser.get("/ui/jobs" + whole);

        Pages.check(shown);
        Set<String> rows = new TreeSet<>(shown.page().select("#rows tr").eachAttr("id").stream()
                .map(row -> row.replaceFirst("^job-", ""))
                .toList());
        Way list = ways(shown).stream()
                .filter(way -> way.curl().contains("/v1/jobs") && way.name().isEmpty())
                .findFirst()
                .orElseThrow();
        assertThat(rows).contains(id);
        assertThat(found(curl(list.curl()).body())).as(list.curl()).isEqualTo(rows);
        assertThat(found(shell(list.shell()))).as(list.shell()).isEqualTo(rows);
        assertThat(mcp(list.mcp()).toString()).contains(id);
    }

    @Test
    void aLogIsTheSameThroughEachDoor() {
        String id = failed("S2");
        for (String query : List.of("", "?q=error", "?errors=true", "?attempt=1", "?after=1")) {
            Shown shown = browser.get("/ui/jobs/" + id + "/logs" + query);
            Way log = ways(shown).get(0);
            List<String> lines = shown.page().select("pre.log > span[id]").eachText();
            assertThat(lines).isNotEmpty();
            for (String line : List.of("reading", "error: it's -full", "end")) {
                boolean isShown = lines.stream().anyMatch(one -> one.endsWith(line));
                assertThat(curl(log.curl()).body().contains("\"" + line + "\""))
                        .as(log.curl())
                        .isEqualTo(isShown);
                assertThat(shell(log.shell()).contains("\"" + line + "\""))
                        .as(log.shell())
                        .isEqualTo(isShown);
            }
            assertThat(mcp(log.mcp()).toString()).contains("error: it's -full");
        }
    }

    @Test
    void failuresAndAllThatMatchAreTheSameThroughEachDoor() throws JsonProcessingException {
        failed("S3");
        Shown failures = browser.get("/ui/failures?error=it%27s%20-full&tool=step&since=1h");
        Way way = ways(failures).get(0);
        List<String> groups = failures.page().select("tr[id^=failure-]").eachAttr("id").stream()
                .map(row -> row.substring("failure-".length()))
                .toList();
        assertThat(JSON.readTree(curl(way.curl()).body()).findValuesAsText("failure"))
                .isEqualTo(groups);
        assertThat(shell(way.shell())).contains(groups.get(0));
        assertThat(failures.page().select(".commands").text()).contains("MCP has no failures in groups.");

        Shown all = browser.get("/ui/jobs/all/retry?tool=step&error=-full&params.sample=S3");
        Way begin = ways(all).get(0);
        String operation =
                JSON.readTree(curl(begin.curl()).body()).path("operation_id").asText();
        assertThat(NODE.api("GET", "/v1/operations/" + operation, "", null)
                        .path("filter")
                        .path("params"))
                .hasToString("{\"sample\":\"S3\"}");
        String second = JSON.readTree(shell(begin.shell())).path("operation_id").asText();
        assertThat(NODE.api("GET", "/v1/operations/" + second, "", null).path("filter"))
                .isEqualTo(
                        NODE.api("GET", "/v1/operations/" + operation, "", null).path("filter"));
    }

    /** More than five may not be open at once. */
    @AfterEach
    void awaitOperations() {
        Database database = new Database(DATABASE.dataSource());
        Await.until(
                "the operations have ended",
                Await.LONG,
                () -> database.number("SELECT count(*) FROM operations WHERE state IN ('pending', 'running')") == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ui",
                "/ui?span=7d",
                "/ui/tools",
                "/ui/tools/fold",
                "/ui/schedules",
                "/ui/nodes",
                "/ui/audit",
                "/ui/schema",
                "/ui/operations",
                "/ui/operations/OPERATION",
                "/ui/jobs/JOB",
                "/ui/jobs?tool=step",
            })
    void whatEachPageSaysOfTheOtherDoorsWorks(String path) throws JsonProcessingException {
        String schedule = NODE.api(
                        "POST",
                        "/v1/schedules",
                        "{\"name\": \"n" + System.nanoTime() + "\", \"tool\": \"ping\", \"cron\": \"0 3 * * *\"}",
                        null)
                .path("schedule_id")
                .asText();
        String operation = NODE.api(
                        "POST", "/v1/operations", "{\"kind\": \"cancel\", \"filter\": {\"tool\": \"none\"}}", null)
                .path("operation_id")
                .asText();
        String shownJob = NODE.submit("{\"tool\": \"echo\", \"params\": {\"it's\": \"$HOME\"}" + LATER);
        Shown shown = browser.get(path.replace("OPERATION", operation).replace("JOB", shownJob));
        Pages.check(shown);
        List<Way> ways = ways(shown);
        assertThat(ways).isNotEmpty();
        for (Way way : ways) {
            if (way.name().startsWith("Stop") || way.name().startsWith("Submit")) {
                continue;
            }
            String curl = prepared(way.curl(), schedule, way.name());
            assertThat(curl(curl).statusCode()).as(curl).isBetween(200, 204);
            if (way.shell() != null && way.shell().contains(" --url ")) {
                shell(prepared(way.shell(), schedule, way.name()));
            }
            if (way.mcp() != null) {
                mcp(prepared(way.mcp(), schedule, way.name()));
            }
        }
    }

    /** With what stands for a job, a schedule or a view; each door gets a job or a view of its own. */
    private static String prepared(String command, String schedule, String action) {
        String whole = command.replace("SCHEDULE", schedule).replace("NAME", "kept");
        if (action.startsWith("Remove a view")) {
            NODE.api("PUT", "/v1/views/kept", "{\"query\": \"status=failed\"}", null);
        }
        if (action.startsWith("Cancel")) {
            return whole.replaceFirst("JOB|[0-9a-f]{8}-[0-9a-f-]{27}", NODE.submit("{\"tool\": \"ping\"" + LATER));
        }
        return action.startsWith("Run") && !whole.contains("schedule")
                ? whole.replaceFirst("JOB|[0-9a-f]{8}-[0-9a-f-]{27}", NODE.run("{\"tool\": \"echo\"}"))
                : whole;
    }

    @Test
    void aSubmitIsTheSameThroughEachDoor() throws JsonProcessingException {
        String former = NODE.run("{\"tool\": \"echo\", \"params\": {\"it's\": \"$HOME\", \"n\": 1.10}}");
        Way submit = ways(browser.get("/ui/tools/echo?from=" + former)).get(0);
        for (String made : List.of(curl(submit.curl()).body(), shell(submit.shell()))) {
            String id = JSON.readTree(made).path("job_id").asText();
            assertThat(browser.get("/ui/jobs/" + id + "/params.json").answer().body())
                    .contains("\"it's\"", "\"$HOME\"", "1.10");
        }
        assertThat(mcp(submit.mcp()).toString()).contains("it's").contains("$HOME");
    }
}
