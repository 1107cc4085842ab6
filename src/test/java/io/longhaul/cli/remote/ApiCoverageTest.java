package io.longhaul.cli.remote;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.http.StandIn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Help.Ansi;

/**
 * The command line does all that the API does: each operation of the served description has a command that sends it, with
 * every parameter of its query and every member of its body, or a reason why it has none.
 */
class ApiCoverageTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode DOCUMENT = document();
    private static final String ID = "5f0c9a1b-e24d-4783-8d5c-0123456789ab";

    /** Operations and what sends them. BODY stands for an object with every member of the operation's body. */
    private static final String COMMANDS = """
            GET /v1/audit | audit --limit 1
            GET /v1/batches/{id} | batch show ID
            GET /v1/events | job events --tool ping --status failed --batch ID --schedule ID
            GET /v1/failures | failure --since 2h --until 1h --tool ping --error no
            POST /v1/files | file put pom.xml --name a
            GET /v1/files/{id} | file get ID --output -
            GET /v1/jobs | job list --filter JOBS --since 2h --until 1h --sort created_at --limit 1 --json
            POST /v1/jobs | job submit ping a=1 --ttl 1 --start-within 1m --priority 1 --run-at 1h --max-attempts 2 \
            --timeout 1m --retry '{"backoff":"1s"}' --on-worker-loss fail --idempotency-key k --concurrency-key k \
            --fairness-key k --webhook ID --after ID --after-any
            POST /v1/jobs/batch | batch submit -
            DELETE /v1/jobs/{id} | job cancel ID
            GET /v1/jobs/{id} | job get ID
            GET /v1/jobs/{id}/attempts | job attempts ID
            GET /v1/jobs/{id}/chain | job chain ID
            GET /v1/jobs/{id}/deliveries | job deliveries ID
            GET /v1/jobs/{id}/events | job events ID
            GET /v1/jobs/{id}/files | file list ID
            GET /v1/jobs/{id}/inputs | job inputs ID
            POST /v1/jobs/{id}/inputs/{key} | job answer ID key a=1
            GET /v1/jobs/{id}/logs | job logs ID --after 1 --before 9 --last 1 --attempt 1 --search a --errors
            POST /v1/jobs/{id}/retry | job retry ID
            GET /v1/mcp/tools | tool list
            GET /v1/nodes | node list
            POST /v1/operations | operation create cancel --tool ping --all --dry-run
            GET /v1/operations | operation list --limit 1
            GET /v1/operations/{id} | operation show ID
            POST /v1/operations/{id}/cancel | operation cancel ID
            GET /v1/operations/{id}/outcomes | operation outcomes ID --outcome failed
            POST /v1/schedules | schedule create n '* * * * *' ping --set BODY
            GET /v1/schedules | schedule list
            PATCH /v1/schedules/{id} | schedule change ID BODY
            DELETE /v1/schedules/{id} | schedule delete ID
            GET /v1/schedules/{id} | schedule show ID
            POST /v1/schedules/{id}/run | schedule run ID
            GET /v1/stats | stats --since 2h --until 1h --step 60s --tool ping
            DELETE /v1/tools/{name} | tool delete ping --force
            GET /v1/tools/{name} | tool show ping
            POST /v1/tools/{name}/pause | tool pause ping --reason a
            POST /v1/tools/{name}/resume | tool resume ping
            GET /v1/views | view list
            PUT /v1/views/shared/{name} | view save a status=failed --shared
            DELETE /v1/views/shared/{name} | view delete a --shared
            GET /v1/views/shared/{name} | view show a --shared
            PUT /v1/views/{name} | view save a status=failed
            DELETE /v1/views/{name} | view delete a
            GET /v1/views/{name} | view show a
            POST /v1/webhooks | webhook create https://127.0.0.1/ --description a --event job.failed --tool ping \
            --include-result --secret whsec_a
            GET /v1/webhooks | webhook list
            PATCH /v1/webhooks/{id} | webhook change ID BODY
            DELETE /v1/webhooks/{id} | webhook delete ID
            GET /v1/webhooks/{id} | webhook show ID
            GET /v1/webhooks/{id}/deliveries | webhook deliveries ID --status failed --limit 1
            POST /v1/webhooks/{id}/deliveries/{delivery}/redeliver | webhook redeliver ID --delivery ID
            POST /v1/webhooks/{id}/pause | webhook pause ID
            POST /v1/webhooks/{id}/redeliver | webhook redeliver ID --since 1h
            POST /v1/webhooks/{id}/resume | webhook resume ID
            POST /v1/webhooks/{id}/rotate-secret | webhook rotate-secret ID --grace-hours 1 --secret whsec_a
            POST /v1/webhooks/{id}/test | webhook test ID
            """.replace("\\\n", "");

    /** Operations, or beginnings of their paths with a star, that have no command, each with the reason. */
    private static final Map<String, String> WITHOUT = Stream.of("""
            GET /docs | a page for browsers
            GET /openapi.json | the description itself, for programs
            GET /openapi.yaml | the description itself, for programs
            GET /health | a probe, whose status is its answer
            GET /healthz | a probe, whose status is its answer
            GET /readyz | a probe, whose status is its answer; doctor says more
            POST /v1/callbacks/{token} | for the program that does the work of a job
            POST /v1/workers* | the protocol of workers
            GET /v1/tools | tool list, which reads the same list
            POST /v1/mcp/invoke | job submit --wait
            POST /v1/jobs/cancel | operation create cancel, which has no limit
            POST /v1/jobs/retry | operation create retry, which has no limit
            GET /v1/schedules/{id}/jobs | job list --schedule
            GET /v1/jobs/{id}/files/{name} | file get JOB NAME, which asks by the file's id
            """.split("\n"))
            .map(line -> line.split(" \\| "))
            .collect(toMap(part -> part[0], part -> part[1]));

    /** Parameters by which commands need not be told where a page begins: they read page after page. */
    private static final Map<String, Set<String>> PAGING =
            Map.of("GET /v1/jobs", Set.of("offset"), "GET /v1/audit", Set.of("before"));

    private final StandIn server = new StandIn();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An operation and a command that sends it. */
    record Sent(String operation, String command) {
        @Override
        public String toString() {
            return operation;
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static JsonNode document() {
        try (InputStream served = ApiCoverageTest.class.getResourceAsStream("/openapi.json")) {
            return JSON.readTree(served);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Sent> commands() {
        return COMMANDS.lines().map(line -> line.split(" \\| ")).map(part -> new Sent(part[0], part[1]));
    }

    private static Stream<String> operations() {
        return DOCUMENT.path("paths").properties().stream()
                .flatMap(path -> path.getValue().properties().stream()
                        .map(method -> method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey()));
    }

    private static boolean has(String reason, String operation) {
        return reason.endsWith("*")
                ? operation.startsWith(reason.substring(0, reason.length() - 1))
                : operation.equals(reason);
    }

    @Test
    void everyOperationHasACommandOrAReasonToHaveNone() {
        Set<String> commands = commands().map(Sent::operation).collect(toSet());
        assertThat(operations())
                .allSatisfy(operation -> assertThat(Stream.concat(
                                        commands.stream().filter(operation::equals),
                                        WITHOUT.keySet().stream().filter(reason -> has(reason, operation)))
                                .toList())
                        .as("the command of %s, or the reason why it has none", operation)
                        .hasSize(1));
        assertThat(Stream.concat(commands.stream(), WITHOUT.keySet().stream()))
                .allSatisfy(named -> assertThat(operations()).as(named).anyMatch(operation -> has(named, operation)));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void eachCommandSendsAllThatItsOperationTakes(Sent sent) throws IOException {
        server.on("/", this::answer);
        JsonNode operation = operation(sent.operation());
        JsonNode members = body(operation).path("properties");

        String said = run(sent.command(), members);

        List<StandIn.Request> requests = server.requests().stream()
                .filter(request -> sent.operation().equals(named(request)))
                .toList();
        assertThat(requests).as(said).isNotEmpty();
        Set<String> parameters = new TreeSet<>(parameters(operation));
        parameters.removeAll(PAGING.getOrDefault(sent.operation(), Set.of()));
        parameters.remove("cursor");
        assertThat(requests.stream().flatMap(ApiCoverageTest::query)).containsAll(parameters);
        Set<String> given = new TreeSet<>();
        for (StandIn.Request request : requests) {
            if (!request.body().isEmpty() && !members.isMissingNode()) {
                JSON.readTree(request.body()).fieldNames().forEachRemaining(given::add);
            }
        }
        assertThat(given).containsAll(names(members));
    }

    /** The streams of events are refused here, and a file is no JSON. */
    @ParameterizedTest
    @MethodSource("commands")
    void eachCommandPrintsJsonIfThatIsWanted(Sent sent) throws IOException {
        server.on("/", this::answer);
        JsonNode members = body(operation(sent.operation())).path("properties");
        boolean isJson =
                !sent.operation().endsWith("/events") && !sent.operation().equals("GET /v1/files/{id}");
        String said = run(sent.command().replace(" --json", "") + " --json", members);
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(!lines.isEmpty()).as(said).isEqualTo(isJson);
        for (String line : lines) {
            assertThat(JSON.readTree(line).isObject()).as(line).isTrue();
        }
    }

    private String run(String command, JsonNode members) {
        ObjectNode body = JSON.createObjectNode();
        members.fieldNames().forEachRemaining(body::putNull);
        ObjectNode jobs = JSON.createObjectNode();
        parameters(operation("GET /v1/jobs")).stream()
                .filter(name -> !Set.of("cursor", "offset", "limit", "params").contains(name))
                .forEach(name -> jobs.put(name, "a"));
        jobs.putObject("params").put("a", "b");
        String[] words = Arrays.stream(command.split(" (?=(?:[^']*'[^']*')*[^']*$)"))
                .map(word -> word.replace("'", "")
                        .replaceFirst("^ID$", ID)
                        .replaceFirst("^BODY$", body.toString())
                        .replaceFirst("^JOBS$", jobs.toString()))
                .toArray(String[]::new);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
        InputStream in = new ByteArrayInputStream("{\"tool\": \"ping\"}\n".getBytes(StandardCharsets.UTF_8));
        Shell shell =
                new Shell(Map.of("LONGHAUL_URL", server.url()), in, out, err, Ansi.OFF, Terminals.NONE, s -> false);
        new RemoteCommands(shell).run(List.of(words));
        return said.toString(StandardCharsets.UTF_8);
    }

    /** As the description has it. Streams are refused: they would not end. */
    private void answer(StandIn.Request request, StandIn.Exchange exchange) throws IOException {
        String name = named(request);
        Map.Entry<String, JsonNode> reply = operation(name).path("responses").properties().stream()
                .filter(one -> one.getKey().startsWith("2"))
                .min(Map.Entry.comparingByKey())
                .orElseThrow();
        JsonNode example =
                reply.getValue().path("content").path("application/json").path("example");
        if (name.endsWith("/events")) {
            exchange.json(403, "{}");
        } else if (example instanceof ObjectNode object) {
            exchange.json(Integer.parseInt(reply.getKey()), whole(object).toString());
        } else {
            exchange.text(Integer.parseInt(reply.getKey()), "application/octet-stream", "");
        }
    }

    /** The last page of a list. */
    private static ObjectNode whole(ObjectNode example) {
        ObjectNode last = example.deepCopy();
        last.replace("next_cursor", null);
        last.put("complete", true);
        last.put("more", false);
        return last;
    }

    /** The operation that a request is for: the one with the fewest variables. */
    private static String named(StandIn.Request request) {
        String path = request.method() + " " + URI.create(request.uri()).getRawPath();
        return operations()
                .filter(operation -> path.matches(operation.replaceAll("\\{\\w+}", "[^/]+")))
                .min(Comparator.comparing(operation -> operation.split("\\{").length))
                .orElse("");
    }

    private static JsonNode operation(String name) {
        String[] parts = name.split(" ");
        return parts.length < 2
                ? DOCUMENT.path("none")
                : DOCUMENT.path("paths").path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
    }

    private static JsonNode body(JsonNode operation) {
        return found(operation
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema"));
    }

    private static JsonNode found(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static Set<String> parameters(JsonNode operation) {
        return operation
                .path("parameters")
                .valueStream()
                .map(ApiCoverageTest::found)
                .filter(parameter -> parameter.path("in").asText().equals("query"))
                .map(parameter -> parameter.path("name").asText())
                .collect(toSet());
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Names of a request's parameters; those for values in params count as one. */
    private static Stream<String> query(StandIn.Request request) {
        String query = URI.create(request.uri()).getRawQuery();
        return query == null
                ? Stream.empty()
                : Arrays.stream(query.split("&"))
                        .map(parameter -> parameter.split("=")[0].replaceFirst("^params\\..*", "params"));
    }
}
