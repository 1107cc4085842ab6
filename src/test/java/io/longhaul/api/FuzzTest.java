package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.Fuzz.Request;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Sends valid and invalid requests for everything in the API's description. {@code -Dlonghaul.fuzz.seed} selects other
 * * requests, {@code -Dlonghaul.fuzz.requests} more of them.
 */
class FuzzTest {
    private static final long SEED = Long.getLong("longhaul.fuzz.seed", 1);
    private static final int REQUESTS = Integer.getInteger("longhaul.fuzz.requests", 2_000);
    private static final int CONNECTIONS = 3;
    private static final List<String> OPERATIONS = Contract.ofJar().operations();

    /** Details that an error must not contain: classes, statements, lines of code. */
    private static final Pattern INNER =
            Pattern.compile("Exception|io\\.longhaul|java\\.|jakarta|org\\.|com\\.|jetty|jersey"
                    + "|SELECT|INSERT|UPDATE |SQLSTATE|\\bat \\w+\\.|\\.java:");

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, configuration(), tools())
            .withRemote()
            .withPool()
            .withAuth(new AccessConfiguration(
                    AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0, true, List.of(), OidcConfiguration.NONE));

    private final Map<Integer, AtomicInteger> statuses = new ConcurrentSkipListMap<>();
    private final Map<String, String> wrong = new ConcurrentSkipListMap<>();
    private final Set<String> served = java.util.Collections.synchronizedSet(new TreeSet<>());
    private final Map<String, LongAdder> nanos = new ConcurrentSkipListMap<>();
    private final AtomicInteger unanswered = new AtomicInteger();

    private static ApiConfiguration configuration() {
        ApiConfiguration usual = ApiConfiguration.DEFAULT;
        // A waiting call must not delay the others.
        return new ApiConfiguration(
                usual.maxBodyBytes(),
                usual.maxBatchBodyBytes(),
                usual.defaultTtl(),
                usual.maxTtl(),
                Duration.ofMillis(10));
    }

    private static List<RegisteredTool> tools() {
        List<RegisteredTool> tools = new ArrayList<>(BuiltIn.tools());
        tools.addAll(TestTools.all("- {type: remote, name: far}"));
        return tools;
    }

    @Test
    void noRequestCausesAnInternalError() throws Exception {
        String key = key();
        String canary = canary(key);
        String before = get("/v1/jobs/" + canary, key).body();
        long start = System.nanoTime();

        ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
        List<Future<?>> all = new ArrayList<>();
        for (int first = 0; first < CONNECTIONS; first++) {
            int offset = first;
            all.add(clients.submit(() -> ask(offset, key)));
        }
        for (Future<?> one : all) {
            one.get();
        }
        clients.shutdown();

        report((System.nanoTime() - start) / 1_000_000_000.0);
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(SERVER.suspicions)
                .as("statements that failed as if the schema were wrong")
                .hasValue(0);
        assertThat(get("/v1/jobs/" + canary, key).body()).isEqualTo(before);
        assertThat(get("/health", key).status()).isEqualTo(200);
        assertThat(served).as("operations that did something").hasSizeGreaterThan(40);
    }

    private static String key() {
        ApiKey key = ApiKey.random();
        SERVER.jdbi()
                .useExtension(
                        KeyStatements.class, keys -> keys.create(key.id(), "fuzz", key.hash(), "admin", null, null));
        return key.reveal();
    }

    /** An ended job: nothing may change it. */
    private static String canary(String key) {
        String id = submitted(
                "{\"tool\": \"echo\", \"params\": {\"n\": 1.00, \"m\": " + "7".repeat(400) + ", \"e\": 1e400}}", key);
        SERVER.worker().complete(SERVER.worker().claim(id), "{\"m\": " + "8".repeat(400) + "}");
        return id;
    }

    private static String submitted(String job, String key) {
        HttpRequest.Builder submit = SERVER.request("/v1/jobs")
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(job));
        return SERVER.send(submit).text("/job_id");
    }

    private static Answer get(String path, String key) {
        return SERVER.send(SERVER.request(path).header("Authorization", "Bearer " + key));
    }

    private void ask(int first, String key) {
        Fuzz fuzz = new Fuzz(Contract.ofJar().document(), key, SEED);
        String callback = SERVER.callbacks()
                .open(submitted("{\"tool\": \"echo\"}", key), 1)
                .url();
        fuzz.know("token", callback.replaceFirst(".*/", ""));
        try (RawConnection connection = new RawConnection(SERVER.port())) {
            for (int number = first; number < REQUESTS; number += CONNECTIONS) {
                Request request = fuzz.draw(number);
                long start = System.nanoTime();
                Optional<Answer> answer = answer(connection, request);
                nanos.computeIfAbsent(request.endpoint(), e -> new LongAdder()).add(System.nanoTime() - start);
                if (answer.isPresent()) {
                    look(number, request, answer.get(), fuzz);
                } else {
                    unanswered(number, request);
                }
            }
        }
    }

    // The connection may have been closed during the request. The next one is new.
    private static Optional<Answer> answer(RawConnection connection, Request request) {
        boolean isHead = request.method().equals("HEAD");
        for (int tries = 0; tries < 2; tries++) {
            try {
                return Optional.of(connection.send(request.bytes(), isHead, request.isLast()));
            } catch (IOException e) {
                // The second attempt reports the problem.
                continue;
            }
        }
        return Optional.empty();
    }

    /** An aborted request need not be answered. */
    private void unanswered(int number, Request request) {
        unanswered.incrementAndGet();
        if (!request.isLast()) {
            wrong.putIfAbsent("no answer to " + request.endpoint(), told(number, request));
        }
    }

    private void look(int number, Request request, Answer answer, Fuzz fuzz) {
        statuses.computeIfAbsent(answer.status(), s -> new AtomicInteger()).incrementAndGet();
        fault(request, answer)
                .ifPresent(why -> wrong.putIfAbsent(
                        request.endpoint() + " " + answer.status() + " " + cut(why, 150),
                        told(number, request) + "\n" + why + "\n" + cut(answer.body(), 1_000)));
        if (answer.status() < 300) {
            if (!request.isLoose()) {
                String operation = request.method().toLowerCase(Locale.ROOT)
                        + request.endpoint().replaceFirst("^\\w+", "");
                if (OPERATIONS.contains(operation)) {
                    served.add(operation);
                }
            }
            // The media type of a file is its uploader's, and may be wrong.
            if (String.valueOf(answer.header("Content-Type")).startsWith("application/json")
                    && !request.endpoint().contains("/files/")
                    && !request.endpoint().contains("openapi")) {
                fuzz.learn(answer.json(), null);
            }
        }
    }

    private static Optional<String> fault(Request request, Answer answer) {
        int status = answer.status();
        boolean isKnown = status < 500
                || status == 501
                || status == 505
                || (status == 503 && answer.body().contains("QUERY_TOO_SLOW"));
        if (!isKnown) {
            return Optional.of("a fault of the server");
        }
        if (status >= 400 && INNER.matcher(echoless(request, answer)).find()) {
            return Optional.of("tells of its inside");
        }
        if (!request.isLoose()) {
            return Contract.ofJar()
                    .wrong(request.method(), request.target(), answer)
                    .or(() -> wrongTaken(request, answer));
        }
        return status < 400 ? Optional.empty() : Contract.ofJar().wrongProblem(request.method(), answer);
    }

    private static Optional<String> wrongTaken(Request request, Answer answer) {
        // A repeated report of an end is answered whatever it contains, and a wrong result ends its job. A batch that
        // is not
        // // atomic reports each job.
        boolean isPlain = request.headers().contains("Content-Type: application/json")
                && !request.endpoint().matches(".*/(complete|batch)")
                && request.headers().stream().noneMatch(header -> header.matches("(Content|Transfer)-Encoding.*"));
        return isPlain
                ? Contract.ofJar()
                        .wrongTaken(
                                request.method(),
                                request.target(),
                                new String(request.body(), StandardCharsets.UTF_8),
                                answer)
                : Optional.empty();
    }

    /** The path is returned as it was sent. */
    private static String echoless(Request request, Answer answer) {
        if (request.method().equals("HEAD") || answer.body().isEmpty()) {
            return "";
        }
        JsonNode problem = answer.json();
        return problem.path("detail").asText() + problem.path("errors");
    }

    private static String told(int number, Request request) {
        return "request " + number + " of seed " + SEED + ":\n"
                + cut(
                        new String(request.bytes(), StandardCharsets.UTF_8).replaceAll("Bearer lh_\\w+", "Bearer KEY"),
                        1_500);
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) + "..." : text;
    }

    private void report(double seconds) {
        Map<Integer, Integer> counts = new TreeMap<>();
        statuses.forEach((status, count) -> counts.put(status, count.get()));
        String idle = OPERATIONS.stream()
                .filter(operation -> !served.contains(operation))
                .collect(Collectors.joining(", "));
        String slowest = nanos.entrySet().stream()
                .sorted(Comparator.comparingLong(one -> -one.getValue().sum()))
                .limit(6)
                .map(one -> "%s %.1f s".formatted(one.getKey(), one.getValue().sum() / 1e9))
                .collect(Collectors.joining(", "));
        System.out.printf(
                "Fuzz: seed %d, %d requests in %.1f s over %d connections; statuses %s, %d without an answer;"
                        + " %d operations did something, not %s; longest together: %s%n",
                SEED, REQUESTS, seconds, CONNECTIONS, counts, unanswered.get(), served.size(), idle, slowest);
    }
}
