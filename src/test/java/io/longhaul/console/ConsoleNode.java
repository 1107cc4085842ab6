package io.longhaul.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Role;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.WholeNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A whole node in this process, and a browser without scripts. The test does the work of its tool {@code step}. */
public final class ConsoleNode implements BeforeAllCallback, AfterAllCallback {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String TOOLS = """
            tools:
              - {type: remote, name: step, description: "Goes on <b>when</b> the test says so."}
              - type: remote
                name: fold
                version: "2.3"
                params:
                  type: object
                  properties:
                    sequence: {type: string, minLength: 5, description: Amino acids}
                    model: {enum: [small, large]}
                    recycles: {type: number}
                    relax: {type: boolean}
                    templates: {type: array, items: {type: string}}
                  required: [sequence, model]
                  additionalProperties: false
              - type: command
                name: draws
                command: [sh, -c, "cd \\"$1\\" && printf png > 'plot 1.png' && printf png > 'plot #2?;%.png' && printf '<svg/>' > 'a <b>.svg' && printf 1 > 'a;b.txt' && printf 2 > '100%.txt'", sh, "{outputs}"]
              - {type: command, name: asks, stdin: answers, command: [sh, examples/approval.sh]}
            """;

    private final TestDatabase database;
    private final String more;
    private String worker;
    private WholeNode node;

    /** With more blocks of the configuration. */
    ConsoleNode(TestDatabase database, String more) {
        this.database = database;
        this.more = more;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        node = WholeNode.start(database, TOOLS + more);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        node.stop();
    }

    String url() {
        return node.url();
    }

    Browser browser() {
        return new Browser();
    }

    /** Makes a key. */
    String key(String name, Role role) {
        ApiKey key = ApiKey.random();
        keys(keys -> keys.create(key.id(), name, key.hash(), role.word(), null, null));
        return key.reveal();
    }

    /** Revokes a key, as the command does. */
    void revoke(String key) {
        String id = ApiKey.parse(key).orElseThrow().id();
        keys(keys -> keys.revoke(id));
    }

    private void keys(Consumer<KeyStatements> change) {
        Jdbi.create(database.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .installPlugin(new PostgresPlugin())
                .useExtension(KeyStatements.class, change::accept);
    }

    /** Sends a request to the API; the key may be null. */
    JsonNode api(String method, String path, String body, String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (worker != null) {
            request.header("Longhaul-Worker-Token", worker);
        }
        HttpResponse<String> answer = send(HttpClient.newHttpClient(), request.build());
        if (answer.statusCode() >= 300) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Submits a job and returns its id. */
    String submit(String body) {
        return api("POST", "/v1/jobs", body, null).path("job_id").asText();
    }

    /** Submits a job and waits for its end. */
    String run(String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/v1/jobs"))
                .headers("Content-Type", "application/json", "Prefer", "wait=60")
                .POST(BodyPublishers.ofString(body))
                .build();
        return Jsoup.parse(send(HttpClient.newHttpClient(), request).body())
                .text()
                .replaceFirst(".*?\"job_id\":\"([^\"]*).*", "$1");
    }

    /** Waits until a job is so, by the API's own wait for a change. */
    void await(String id, Predicate<JsonNode> isSo) {
        HttpClient client = HttpClient.newHttpClient();
        String tag = "\"none\"";
        for (int changes = 0; changes < 20; changes++) {
            HttpResponse<String> answer = send(
                    client,
                    HttpRequest.newBuilder(URI.create(url() + "/v1/jobs/" + id))
                            .headers("Prefer", "wait=60", "If-None-Match", tag)
                            .build());
            tag = answer.headers().firstValue("ETag").orElse(tag);
            try {
                if (answer.statusCode() == 200 && isSo.test(JSON.readTree(answer.body()))) {
                    return;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new AssertionError("job " + id + " changed otherwise");
    }

    /** Takes the next job of the tool {@code step} up, and returns the address of its attempt. */
    String claim() {
        JsonNode answer =
                api("POST", "/v1/workers/claim", "{\"tools\": [\"step\"], \"wait\": 20, \"name\": \"w\"}", null);
        if (answer.has("worker_token")) {
            worker = answer.get("worker_token").asText();
        }
        return answer.path("jobs").path(0).path("url").asText().replaceFirst("^https?://[^/]+", "");
    }

    /** Takes a job of the tool {@code step} up, and all that wait before it. */
    String claim(String job) {
        String attempt = claim();
        while (!attempt.isEmpty() && !attempt.contains(job)) {
            attempt = claim();
        }
        return attempt;
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** An answer to a browser. */
    record Shown(HttpResponse<String> answer) {
        int status() {
            return answer.statusCode();
        }

        String header(String name) {
            return answer.headers().firstValue(name).orElse("");
        }

        Document page() {
            return Jsoup.parse(answer.body(), answer.uri().toString());
        }

        String path() {
            return answer.uri().getPath();
        }

        String text() {
            return page().body().text();
        }
    }

    /** A browser that keeps cookies, follows redirects, and says where its forms come from. */
    final class Browser {
        private final CookieManager cookies = new CookieManager();
        private final HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .cookieHandler(cookies)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();

        Shown get(String path, String... headers) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path));
            return new Shown(send(client, (headers.length == 0 ? request : request.headers(headers)).build()));
        }

        Shown head(String path) {
            return new Shown(send(
                    client,
                    HttpRequest.newBuilder(URI.create(url() + path))
                            .method("HEAD", BodyPublishers.noBody())
                            .build()));
        }

        /** Goes to where an answer leads, to another server, and comes back from there with a cookie. */
        Shown back(Shown away, String cookie) {
            HttpClient elsewhere = HttpClient.newHttpClient();
            HttpResponse<String> there = send(
                    elsewhere,
                    HttpRequest.newBuilder(URI.create(away.header("Location"))).build());
            String back = there.headers().firstValue("Location").orElseThrow();
            return new Shown(send(
                    elsewhere,
                    HttpRequest.newBuilder(URI.create(back))
                            .headers("Cookie", cookie, "Sec-Fetch-Site", "cross-site")
                            .build()));
        }

        /** Sends a form with a cookie of its own. */
        Shown postWith(String cookie, String path, String... fields) {
            return new Shown(send(
                    HttpClient.newHttpClient(),
                    HttpRequest.newBuilder(URI.create(url() + path))
                            .headers("Content-Type", "application/x-www-form-urlencoded", "Origin", url())
                            .header("Cookie", cookie)
                            .POST(BodyPublishers.ofString(form(fields)))
                            .build()));
        }

        /** Sends a form of one of our pages, as names and values. */
        Shown post(String path, String... fields) {
            return post(url(), path, fields);
        }

        /** Sends a form of a page of another site. */
        Shown post(String origin, String path, String[] fields) {
            return new Shown(send(
                    client,
                    HttpRequest.newBuilder(URI.create(url() + path))
                            .headers("Content-Type", "application/x-www-form-urlencoded", "Origin", origin)
                            .POST(BodyPublishers.ofString(form(fields)))
                            .build()));
        }

        Browser signedIn(String key) {
            post("/ui/sign-in", "key", key);
            return this;
        }

        /** The session that a key begins. */
        String session(String key) {
            signedIn(key);
            return cookies.getCookieStore().getCookies().stream()
                    .filter(cookie -> cookie.getName().equals("longhaul_session"))
                    .map(HttpCookie::getValue)
                    .findFirst()
                    .orElseThrow();
        }

        List<String> setCookies() {
            List<String> all = new ArrayList<>();
            cookies.getCookieStore().getCookies().forEach(cookie -> all.add(cookie.getName()));
            return all;
        }

        private static String form(String... fields) {
            return IntStream.range(0, fields.length / 2)
                    .mapToObj(i -> encoded(fields[2 * i]) + "=" + encoded(fields[2 * i + 1]))
                    .collect(Collectors.joining("&"));
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }
}
