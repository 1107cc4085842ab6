package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.testing.Await;
import io.longhaul.testing.CutWire;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.WholeNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A whole node in this process. The test works on its tool {@code step} in steps, as a remote worker. */
final class McpNode implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final String TOOLS = """
            tools:
              - {type: remote, name: step, description: Goes on when the test says so.}
              - {type: remote, name: asks.first, mcp: {asks_first: true}}
              - {type: remote, name: joined, mcp: {join: 1h}}
              - {type: remote, name: only.task, mcp: {tasks: required}}
              - {type: remote, name: never.task, mcp: {tasks: forbidden}}
              - {type: remote, name: needy, mcp: {needs: [sampling]}}
              - type: remote
                name: strict
                params: {type: object, properties: {n: {type: integer, x-mcp-header: N}}, required: [n]}
            """;

    private final TestDatabase database;
    private final String more;
    private final AtomicReference<String> worker = new AtomicReference<>();
    private boolean wired;
    private CutWire wire;
    private WholeNode node;

    /** A node with more blocks of configuration. */
    McpNode(TestDatabase database, String more) {
        this.database = database;
        this.more = more;
    }

    /** Reaches its database by a wire. */
    McpNode wired() {
        wired = true;
        return this;
    }

    CutWire wire() {
        return wire;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        wire = wired ? CutWire.to(database) : null;
        node = WholeNode.start(database, wired ? wiredUrl() : database.jdbcUrl(), TOOLS + more);
    }

    /** Each statement goes over the wire as text, also one that was prepared. */
    private String wiredUrl() {
        String url = wire.url(database);
        return url + (url.contains("?") ? "&" : "?") + "prepareThreshold=0";
    }

    /** Cancels the jobs that a failed test left. */
    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE jobs, job_leases, job_progress, job_logs, job_inputs");
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        node.stop();
        if (wired) {
            wire.close();
        }
    }

    /** Stops it, as a deployment does. */
    void stop() throws IOException {
        node.stop();
    }

    String url() {
        return node.url() + "/mcp";
    }

    /** The number of requests that this node has counted under a name. */
    long counted(String method) {
        return node.counted("longhaul.mcp.requests." + method);
    }

    /** The number of streams on which this node sends. */
    int streams() {
        return (int) node.measured("longhaul.mcp.streams");
    }

    /** A client of a modern or legacy era. */
    McpClient client() {
        return new McpClient(url(), null);
    }

    McpClient client(String key) {
        return new McpClient(url(), key);
    }

    /** Sends a request to the HTTP API, as a worker. */
    JsonNode api(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.url() + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (worker.get() != null) {
            request.header("Longhaul-Worker-Token", worker.get());
        }
        HttpResponse<String> answer = send(request.build());
        if (answer.statusCode() >= 300) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return answer.body().isEmpty() ? Json.parse("{}") : Json.parse(answer.body());
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Claims a job of a tool. */
    Step claim(String tool) {
        JsonNode answer =
                api("POST", "/v1/workers/claim", "{\"tools\": [\"" + tool + "\"], \"wait\": 20, \"name\": \"test\"}");
        if (answer.has("worker_token")) {
            worker.set(answer.get("worker_token").asText());
        }
        return new Step(answer.path("jobs").path(0));
    }

    /** The status of a job. */
    String status(String job) {
        return api("GET", "/v1/jobs/" + job, "").path("status").asText();
    }

    /** An attempt that the test works on. */
    final class Step {
        private final JsonNode job;

        private Step(JsonNode job) {
            if (!job.has("job_id")) {
                throw new AssertionError("no job came");
            }
            this.job = job;
        }

        String id() {
            return job.get("job_id").asText();
        }

        JsonNode params() {
            return job.get("params");
        }

        String traceId() {
            return job.get("trace_id").asText();
        }

        void progress(double fraction, String message) {
            post("/progress", "{\"fraction\": " + fraction + ", \"message\": \"" + message + "\"}");
        }

        void log(String line) {
            post("/logs", "{\"lines\": [\"" + line + "\"]}");
        }

        /** Asks for input, and gives what came back: the answer, or that there is none yet. */
        JsonNode ask(String key, String members) {
            String body = "{\"key\": \"" + key + "\", \"message\": \"May I?\"" + members + "}";
            return ask(body);
        }

        /** The content of the answer, once there is one. */
        JsonNode awaitAnswer(String key, String members) {
            return Await.value(
                            "\"" + key + "\" is answered",
                            Await.LONG,
                            () -> Optional.of(ask(key, members))
                                    .filter(answer -> answer.path("action").isTextual()))
                    .path("content");
        }

        void complete(String result) {
            post("/complete", "{\"result\": " + result + "}");
        }

        void fail(String code, String message) {
            post("/fail", "{\"message\": \"" + message + "\", \"error_code\": \"" + code + "\", \"retryable\": false}");
        }

        /** Asks a question, and tells what became of it so far. */
        JsonNode ask(String question) {
            return post("/inputs", question);
        }

        private JsonNode post(String what, String body) {
            return api("POST", job.get("url").asText().replaceFirst("^https?://[^/]+", "") + what, body);
        }
    }
}
