package io.longhaul.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.backpressure.BufferBudget;
import io.longhaul.api.description.Examples;
import io.longhaul.api.http.Header;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * Draws requests from the API's description: valid ones, ones with wrong values, ones with broken bodies, and some that are
 * * not HTTP. They depend on a seed and on earlier answers of the server (ids of its jobs).
 */
final class Fuzz {
    private static final int MOST_KNOWN = 20;

    private static final List<String> NASTY_PATHS = List.of(
            "%00",
            "%2e%2e%2f",
            "..",
            "%2e%2e",
            "%2e",
            "x;y=z",
            ";",
            "a%2Fb",
            "a%5cb",
            "%",
            "%zz",
            "%ff%fe",
            "%c0%ae%c0%ae",
            "%252e%252e",
            "\u00e9\u4e2d",
            "x".repeat(3_000),
            "-1",
            "0",
            "1e400",
            "9".repeat(400),
            "null",
            "%0d%0aX:%201",
            "'",
            "%22",
            "%3Cb%3E",
            "%7Bid%7D",
            "%20",
            "+",
            "*",
            "@",
            "00000000-0000-0000-0000-000000000000",
            "3F2504E0-4F89-41D3-9A0C-0305E82C3301",
            "3f2504e0-4f89-41d3-9a0c-0305e82c330");

    private static final List<String> PREFERENCES = List.of(
            "wait=0",
            "respond-async",
            "respond-async, wait=0",
            "return=minimal",
            "wait=",
            "wait=-1",
            ",,;;=",
            "wait=\"0\"");

    private final JsonNode document;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final Map<String, List<String>> known = new HashMap<>();
    private final List<BufferBudget> held = new ArrayList<>();
    private final String key;
    private final long seed;

    /** One operation of the document. */
    private record Endpoint(String path, String verb, JsonNode operation) {}

    /** An attempt that was claimed. */
    private record BufferBudget(String job, String attempt, String token) {}

    /**
     * A request.
     *
     * @param endpoint its operation
     * @param isLoose true if the server may read it as another request
     * @param isLast true if no request can follow on the connection
     */
    record Request(
            String endpoint,
            String method,
            String target,
            String version,
            List<String> headers,
            byte[] body,
            boolean isLoose,
            boolean isLast) {
        byte[] bytes() {
            String head = method + " " + target + " " + version + "\r\n"
                    + headers.stream().map(line -> line + "\r\n").collect(Collectors.joining()) + "\r\n";
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(head.getBytes(StandardCharsets.UTF_8));
            bytes.writeBytes(body);
            return bytes.toByteArray();
        }
    }

    /**
     * @param key of a principal that may do all
     */
    Fuzz(JsonNode document, String key, long seed) {
        this.document = document;
        this.key = key;
        this.seed = seed;
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(verb -> endpoints.add(new Endpoint(path.getKey(), verb.getKey(), verb.getValue()))));
        know("tool", "echo");
        know("tool", "far");
        know("tools", "far");
        know("name", "echo");
        know("name", "report");
        know("secret", Examples.member("secret").asText("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    }

    /** Draws an id that the server knows. */
    void know(String name, String value) {
        List<String> values = known.computeIfAbsent(name, n -> new ArrayList<>());
        if (values.size() < MOST_KNOWN) {
            values.add(value);
        } else {
            values.set(ThreadLocalRandom.current().nextInt(MOST_KNOWN), value);
        }
    }

    /** Remembers ids from an answer. */
    void learn(JsonNode answer, String token) {
        if (answer.path("job_id").isTextual() && answer.has("url") && token != null) {
            held.add(new BufferBudget(
                    answer.get("job_id").asText(), answer.path("attempt").asText(), token));
            if (held.size() > MOST_KNOWN) {
                held.remove(0);
            }
        }
        for (Map.Entry<String, JsonNode> member : answer.properties()) {
            if (member.getValue().isTextual() && member.getKey().matches("\\w+_id|worker_token|next_cursor")) {
                know(member.getKey().replace("next_", ""), member.getValue().asText());
            } else if (member.getValue().isContainerNode()) {
                learn(member.getValue(), answer.path("worker_token").asText(token));
            }
        }
        if (answer.isArray() && !answer.isEmpty()) {
            learn(answer.get(0), token);
        }
    }

    /** The request of this number. */
    Request draw(int number) {
        Random random = new Random(seed * 1_000_003 + number);
        random.nextInt();
        Endpoint endpoint = endpoints.get(random.nextInt(endpoints.size()));
        // These are large and never change.
        while (endpoint.operation().at("/tags/0").asText().equals("Description") && random.nextInt(20) > 0) {
            endpoint = endpoints.get(random.nextInt(endpoints.size()));
        }
        return new Draw(endpoint, random).request();
    }

    /** A request that is being built. */
    private final class Draw {
        private final Endpoint endpoint;
        private final Random random;
        private final double wrong;
        private final FuzzValues values;
        private final List<String> headers = new ArrayList<>();
        private BufferBudget attempt;

        Draw(Endpoint endpoint, Random random) {
            this.endpoint = endpoint;
            this.random = random;
            this.wrong = random.nextBoolean() ? 0 : 0.15;
            this.values = new FuzzValues(document, random, known, wrong);
        }

        Request request() {
            headers.add("Host: 127.0.0.1");
            headers.add("Authorization: Bearer " + key);
            String target = path() + query();
            endpoint.operation().path("parameters").forEach(this::header);
            byte[] body = body();
            Request plain = new Request(
                    endpoint.verb() + " " + endpoint.path(),
                    endpoint.verb().toUpperCase(Locale.ROOT),
                    target,
                    "HTTP/1.1",
                    headers,
                    body,
                    target.matches("[^?]*(;|/\\.|%2e|//|/\\?|/$).*"),
                    false);
            FuzzTricks tricks = new FuzzTricks(random);
            return switch (random.nextInt(10)) {
                case 0, 1 -> tricks.withBrokenBody(plain);
                case 2 -> tricks.withOddHead(plain);
                default -> FuzzTricks.framed(plain);
            };
        }

        private String path() {
            if (endpoint.path().contains("/attempts/") && !held.isEmpty() && random.nextInt(5) > 0) {
                attempt = held.get(random.nextInt(held.size()));
                return endpoint.path().replace("{id}", attempt.job()).replace("{attempt}", attempt.attempt());
            }
            String path = endpoint.path();
            for (JsonNode parameter : endpoint.operation().path("parameters")) {
                if (parameter.path("in").asText().equals("path")) {
                    String name = parameter.path("name").asText();
                    path = path.replace("{" + name + "}", part(name, parameter.path("schema")));
                }
            }
            return path;
        }

        private String part(String name, JsonNode schema) {
            if (random.nextDouble() < wrong) {
                return NASTY_PATHS.get(random.nextInt(NASTY_PATHS.size()));
            }
            String kind = switch (name) {
                case "id" -> singular(endpoint.path().split("/")[2]) + "_id";
                case "delivery" -> "delivery_id";
                default -> name;
            };
            return encoded(unquoted(values.of(schema, kind)));
        }

        private String singular(String plural) {
            return plural.equals("workers") ? "job" : plural.replaceFirst("(?<=ch)es$|s$", "");
        }

        private String query() {
            List<String> pairs = new ArrayList<>();
            for (JsonNode parameter : endpoint.operation().path("parameters")) {
                String name = parameter.path("name").asText();
                boolean needed = parameter.path("required").asBoolean() || name.equals("all");
                if (parameter.path("in").asText().equals("query") && random.nextInt(10) < (needed ? 9 : 2)) {
                    pairs.add(name + "=" + queryValue(parameter.path("schema"), name));
                }
            }
            if (random.nextDouble() < wrong) {
                pairs.add("unknown=" + NASTY_PATHS.get(random.nextInt(NASTY_PATHS.size())));
            }
            if (!pairs.isEmpty() && random.nextDouble() < wrong) {
                pairs.add(pairs.get(random.nextInt(pairs.size())));
            }
            return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
        }

        private String queryValue(JsonNode schema, String name) {
            if (random.nextDouble() < wrong) {
                return NASTY_PATHS.get(random.nextInt(NASTY_PATHS.size()));
            }
            JsonNode one = schema.has("items") ? schema.get("items") : schema;
            return encoded(unquoted(values.of(one, name)));
        }

        private void header(JsonNode parameter) {
            if (parameter.path("in").asText().equals("header")) {
                String name = parameter.path("name").asText();
                boolean needed = name.equals(Header.TOKEN);
                if (random.nextInt(10) < (needed ? 9 : 3)) {
                    headers.add(name + ": " + headerValue(name));
                }
            }
        }

        private String headerValue(String name) {
            return switch (name) {
                case "Prefer" -> PREFERENCES.get(random.nextInt(PREFERENCES.size()));
                case "Idempotency-Key" -> oneOf("k" + random.nextInt(50), "\"q\"", "x".repeat(256), "a b", "\u00e9");
                case "If-None-Match" -> oneOf("*", "W/\"0.pending\"", "W/\"", "\"a\", \"b\"", ",");
                case "Last-Event-ID" -> oneOf("0.pending.0", "1790000000000000", "9".repeat(30), "\u00e9", "-1");
                case "Range" ->
                    oneOf("bytes=0-3", "bytes=-1", "bytes=5-1", "bytes=0-1,2-3", "bytes=99999999999999999999-", "x");
                case "traceparent" ->
                    oneOf(
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                            "00-0-0-0",
                            "ff-" + "f".repeat(500));
                case Header.TOKEN -> attempt != null ? attempt.token() : token();
                default -> oneOf("\"x\"", "W/\"y\"", "Sun, 01 Nov 2026 00:00:00 GMT");
            };
        }

        private String token() {
            List<String> tokens = known.getOrDefault("worker_token", List.of());
            return tokens.isEmpty() || random.nextInt(10) == 0
                    ? oneOf("x", "1.2", "\u00e9", "9".repeat(400), "..")
                    : tokens.get(random.nextInt(tokens.size()));
        }

        private byte[] body() {
            JsonNode content = endpoint.operation().at("/requestBody/content");
            if (content.isMissingNode()) {
                return new byte[0];
            }
            List<String> types = new ArrayList<>();
            content.fieldNames().forEachRemaining(types::add);
            String type = types.get(random.nextInt(types.size()));
            JsonNode schema = content.path(type).path("schema");
            headers.add("Content-Type: " + (type.equals("*/*") ? "text/plain" : type));
            if (type.equals("*/*")) {
                return values.nasty().getBytes(StandardCharsets.UTF_8);
            }
            if (!schema.has("contentSchema")) {
                return values.of(schema, "").getBytes(StandardCharsets.UTF_8);
            }
            List<String> lines = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                lines.add(values.of(schema.get("contentSchema"), ""));
            }
            return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        }

        private String oneOf(String... choices) {
            return choices[random.nextInt(choices.length)];
        }
    }

    private static String unquoted(String json) {
        return json.length() > 1 && json.startsWith("\"") && json.endsWith("\"")
                ? json.substring(1, json.length() - 1)
                : json;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
