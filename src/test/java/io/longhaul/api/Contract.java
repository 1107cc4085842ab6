package io.longhaul.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.longhaul.api.http.Problem;
import io.longhaul.streams.EventStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compares answers with the OpenAPI document: status, headers, media type, and the members of the body, of which none may be
 * * undocumented. A wrong answer fails the test that received it.
 */
public final class Contract {
    private static final ObjectMapper JSON = JsonMapper.builder(Answer.longNumbers())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
    private static final Contract PACKED = new Contract(packed());

    /** Statuses that requests without a matching operation may get. */
    private static final Set<Integer> BESIDE =
            Set.of(400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 417, 421, 426, 429, 431, 500, 501, 503, 505);

    /** Statuses of incorrect HTTP, for any operation. */
    private static final Set<Integer> OF_HTTP = Set.of(408, 415, 417, 426, 501, 505);

    /** Headers that any answer may have: those of HTTP itself and those for browsers. */
    private static final Set<String> GENERAL = Set.of(
            "access-control-allow-credentials",
            "access-control-allow-headers",
            "access-control-allow-methods",
            "access-control-allow-origin",
            "access-control-expose-headers",
            "access-control-max-age",
            "allow",
            "connection",
            "content-encoding",
            "content-length",
            "content-security-policy",
            "content-type",
            "date",
            "last-modified",
            "referrer-policy",
            "transfer-encoding",
            "vary",
            "x-accel-buffering",
            "x-content-type-options",
            "x-frame-options");

    private final JsonNode document;
    private final ObjectNode closed;
    private final Map<String, Pattern> paths;
    private final Map<JsonNode, Schema> compiled = new ConcurrentHashMap<>();
    private final Map<JsonNode, Schema> opened = new ConcurrentHashMap<>();

    private Contract(JsonNode document) {
        this.document = document;
        this.closed = (ObjectNode) document.path("components").deepCopy();
        closed.path("schemas").forEach(Contract::close);
        this.paths = document.path("paths").properties().stream()
                .map(Map.Entry::getKey)
                .collect(Collectors.toMap(path -> path, Contract::pattern));
    }

    /** The contract of the document in the jar. */
    public static Contract ofJar() {
        return PACKED;
    }

    JsonNode document() {
        return document;
    }

    private static final JsonNode PROBLEM = JSON.createObjectNode().put("$ref", "#/components/schemas/Problem");

    private static JsonNode packed() {
        try (InputStream in = Contract.class.getResourceAsStream("/openapi.json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document allows further members; this test does not. */
    private static void close(JsonNode schema) {
        if (schema.has("properties") && !schema.has("additionalProperties")) {
            ((ObjectNode) schema).put("additionalProperties", false);
        }
    }

    private static Pattern pattern(String path) {
        return Pattern.compile(
                Arrays.stream(path.split("\\{[^}]*}", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]+")));
    }

    /** The template with the fewest parameters that matches and has the method. */
    private Optional<String> template(String path, String verb) {
        return paths.entrySet().stream()
                .filter(entry -> entry.getValue().matcher(path).matches())
                .map(Map.Entry::getKey)
                .filter(template -> document.path("paths").path(template).has(verb))
                .min(Comparator.comparingLong(
                        template -> template.chars().filter(c -> c == '{').count()));
    }

    /** Fails if an answer does not match the document. */
    static void check(String method, String target, Answer answer) {
        Optional<String> wrong = PACKED.wrong(method, target, answer);
        if (wrong.isPresent()) {
            throw new AssertionError("Not as openapi.json says: %s %s answered %d: %s%n%s"
                    .formatted(method, target, answer.status(), wrong.get(), answer.body()));
        }
    }

    /** Fails if the server accepted a request that the document does not allow. */
    static void checkTaken(String method, String target, String json, Answer answer) {
        Optional<String> wrong = PACKED.wrongTaken(method, target, json, answer);
        if (wrong.isPresent()) {
            throw new AssertionError(method + " " + target + ": " + wrong.get() + "\n" + json);
        }
    }

    /** The reason why the document does not allow an accepted request. */
    Optional<String> wrongTaken(String method, String target, String json, Answer answer) {
        JsonNode schema = operation(method, target)
                .map(operation -> operation.at("/requestBody/content/application~1json/schema"))
                .orElse(MissingNode.getInstance());
        if (answer.status() / 100 != 2 || schema.isMissingNode() || json.isBlank()) {
            return Optional.empty();
        }
        JsonNode body;
        try {
            body = JSON.readTree(json.replace("\ufeff", ""));
        } catch (JsonProcessingException e) {
            return Optional.of("taken although it is no JSON: " + e.getOriginalMessage());
        }
        Collection<Error> wrong = open(schema).validate(body);
        return wrong.isEmpty() ? Optional.empty() : Optional.of("taken although openapi.json calls it wrong: " + wrong);
    }

    private Optional<JsonNode> operation(String method, String target) {
        String verb = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
        if (!method.equals(method.toUpperCase(Locale.ROOT))) {
            return Optional.empty();
        }
        return template(target.replaceFirst("\\?.*", ""), verb)
                .map(template -> document.path("paths").path(template).path(verb));
    }

    /** The difference between an answer and the document, if there is one. */
    Optional<String> wrong(String method, String target, Answer answer) {
        Optional<JsonNode> operation = operation(method, target);
        if (operation.isEmpty()) {
            return method.equals("OPTIONS") && answer.status() < 400 ? Optional.empty() : wrongBeside(method, answer);
        }
        JsonNode response = resolved(operation.get().path("responses").path(String.valueOf(answer.status())));
        if (response.isMissingNode()) {
            return OF_HTTP.contains(answer.status())
                    ? wrongBeside(method, answer)
                    : Optional.of("this status is not described");
        }
        return wrongHeaders(response, answer).or(() -> wrongBody(method, response.path("content"), answer));
    }

    private Optional<String> wrongBeside(String method, Answer answer) {
        if (!BESIDE.contains(answer.status())) {
            return Optional.of("no such operation is described");
        }
        return wrongProblem(method, answer);
    }

    /** The difference between an error and its shape, for any operation. */
    public Optional<String> wrongProblem(String method, Answer answer) {
        if (!Problem.MEDIA_TYPE.equals(answer.header("Content-Type"))) {
            return Optional.of("this is no problem, but " + answer.header("Content-Type"));
        }
        return method.equals("HEAD")
                ? Optional.empty()
                : errors(schema(PROBLEM), answer.body()).or(() -> wrongStatus(Problem.MEDIA_TYPE, answer));
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    private Optional<String> wrongHeaders(JsonNode response, Answer answer) {
        JsonNode described = response.path("headers");
        Set<String> known = new HashSet<>(GENERAL);
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, JsonNode> named : described.properties()) {
            JsonNode header = resolved(named.getValue());
            String value = answer.header(named.getKey());
            known.add(named.getKey().toLowerCase(Locale.ROOT));
            if (value == null && header.path("required").asBoolean()) {
                wrong.add(named.getKey() + " is missing");
            } else if (value != null && !fits(header.at("/schema/type").asText(), value)) {
                wrong.add(named.getKey() + " is " + value);
            }
        }
        answer.headers().map().keySet().stream()
                .filter(name -> !known.contains(name.toLowerCase(Locale.ROOT)))
                .forEach(name -> wrong.add(name + " is not described"));
        return wrong.isEmpty() ? Optional.empty() : Optional.of("these headers: " + wrong);
    }

    private static boolean fits(String type, String value) {
        return switch (type) {
            case "integer" -> value.matches("\\d{1,9}");
            case "boolean" -> value.matches("true|false");
            default -> !value.isBlank();
        };
    }

    private Optional<String> wrongBody(String method, JsonNode content, Answer answer) {
        if (method.equals("HEAD") || content.isMissingNode()) {
            return answer.body().isEmpty() ? Optional.empty() : Optional.of("there is a body, and none is described");
        }
        String type = String.valueOf(answer.header("Content-Type")).replaceFirst("\\s*;.*", "");
        JsonNode media = content.has(type) ? content.path(type) : content.path("*/*");
        JsonNode schema = media.path("schema");
        if (schema.isMissingNode()) {
            return Optional.of("the media type " + type + " is not described");
        }
        if (answer.header("Content-Encoding") != null) {
            return Optional.empty();
        }
        if (!schema.has("contentSchema")) {
            return content.has(type) && type.endsWith("json")
                    ? errors(schema(schema), answer.body()).or(() -> wrongStatus(type, answer))
                    : Optional.empty();
        }
        return firstError(schema(schema.get("contentSchema")), parts(type, answer.body()));
    }

    private static Optional<String> wrongStatus(String type, Answer answer) {
        return type.equals(Problem.MEDIA_TYPE) && answer.json("/status").asInt() != answer.status()
                ? Optional.of("the problem says another status")
                : Optional.empty();
    }

    /** The errors of a body's example. */
    Optional<String> wrongExample(String type, JsonNode media) {
        JsonNode example = media.path("example");
        JsonNode schema = media.path("schema");
        if (example.isMissingNode()) {
            return Optional.of("there is none");
        }
        if (schema.has("contentSchema")) {
            Schema part = schema(schema.get("contentSchema"));
            List<String> parts = parts(type, example.asText());
            return parts.isEmpty() ? Optional.of("it is empty") : firstError(part, parts);
        }
        return schema.isMissingNode() ? Optional.empty() : errors(schema(schema), example.toString());
    }

    private static Optional<String> firstError(Schema schema, List<String> parts) {
        return parts.stream()
                .map(json -> errors(schema, json))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static List<String> parts(String type, String body) {
        return type.equals(EventStreams.MEDIA_TYPE)
                ? body.lines()
                        .filter(line -> line.startsWith("data: ") && !line.equals("data: {}"))
                        .map(line -> line.substring(6))
                        .toList()
                : body.lines().toList();
    }

    private static Optional<String> errors(Schema schema, String json) {
        Collection<Error> errors = schema.validate(read(json));
        return errors.isEmpty()
                ? Optional.empty()
                : Optional.of(errors.stream().map(Error::toString).collect(Collectors.joining("; ")));
    }

    private Schema schema(JsonNode schema) {
        return compiled.computeIfAbsent(schema, s -> SCHEMAS.getSchema(within(s, closed)));
    }

    private Schema open(JsonNode schema) {
        return opened.computeIfAbsent(schema, s -> SCHEMAS.getSchema(within(s, document.path("components"))));
    }

    /** Resolves references inside the document. */
    private static JsonNode within(JsonNode schema, JsonNode components) {
        ObjectNode whole = JSON.createObjectNode().put("$schema", "https://json-schema.org/draft/2020-12/schema");
        whole.putArray("allOf").add(schema);
        whole.set("components", JSON.createObjectNode().set("schemas", components.path("schemas")));
        return whole;
    }

    /** All operations, as {@code get /path}. */
    public List<String> operations() {
        return document.path("paths").properties().stream()
                .flatMap(path -> path.getValue().properties().stream().map(verb -> verb.getKey() + " " + path.getKey()))
                .toList();
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }
}
