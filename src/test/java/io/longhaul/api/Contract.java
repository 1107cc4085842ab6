package io.longhaul.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Compares what the server answers with what the OpenAPI document says: status, headers, media type, and the body with no
 * member more than is described. An answer that does not fit fails the test that got it.
 */
final class Contract {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final SchemaValidatorsConfig CONFIG =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private static final Contract PACKED = new Contract(packed());

    /** What may be answered to a request that fits no operation. */
    private static final Set<Integer> BESIDE = Set.of(400, 404, 405, 406, 408, 414, 415, 429, 431, 500, 501, 503, 505);

    /** The document, and what a request is to it. */
    private final JsonNode document;

    private final ObjectNode closed;
    private final Map<String, Pattern> paths;
    private final Map<JsonNode, JsonSchema> compiled = new ConcurrentHashMap<>();

    private Contract(JsonNode document) {
        this.document = document;
        this.closed = (ObjectNode) document.path("components").deepCopy();
        closed.path("schemas").forEach(Contract::close);
        this.paths = document.path("paths").properties().stream()
                .map(Map.Entry::getKey)
                .collect(Collectors.toMap(path -> path, Contract::pattern));
    }

    /** That of the document in the jar. */
    static Contract packedOne() {
        return PACKED;
    }

    JsonNode document() {
        return document;
    }

    private static JsonNode packed() {
        try (InputStream in = Contract.class.getResourceAsStream("/openapi.json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In the document objects may get members; here they may not. */
    private static void close(JsonNode schema) {
        if (schema.has("properties") && !schema.has("additionalProperties")) {
            ((ObjectNode) schema).put("additionalProperties", false);
        }
    }

    private static Pattern pattern(String path) {
        return Pattern.compile(Arrays.stream(path.split("\\{[^}]*}", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]+")));
    }

    /** The template that a path fits best, with the fewest parameters. */
    private Optional<String> template(String path) {
        return paths.entrySet().stream()
                .filter(entry -> entry.getValue().matcher(path).matches())
                .map(Map.Entry::getKey)
                .min(java.util.Comparator.comparingLong(template -> template.chars().filter(c -> c == '{').count()));
    }

    /** Fails if an answer is not what the document says. */
    static void check(String method, String target, Answer answer) {
        Optional<String> wrong = PACKED.wrong(method, target, answer);
        if (wrong.isPresent()) {
            throw new AssertionError("Not as openapi.json says: %s %s answered %d: %s%n%s"
                    .formatted(method, target, answer.status(), wrong.get(), answer.body()));
        }
    }

    /** Fails if a request was taken that the document calls wrong. */
    static void checkTaken(String method, String target, String json, Answer answer) {
        JsonNode schema = PACKED.operation(method, target)
                .map(operation -> operation.at("/requestBody/content/application~1json/schema"))
                .orElse(null);
        if (answer.status() / 100 == 2 && schema != null && !schema.isMissingNode() && !json.isBlank()) {
            JsonNode body = read(json.replace("\ufeff", ""));
            Collection<ValidationMessage> wrong = PACKED.open(schema).validate(body);
            if (!wrong.isEmpty()) {
                throw new AssertionError(
                        "Taken although openapi.json calls it wrong: " + method + " " + target + " " + wrong + "\n" + json);
            }
        }
    }

    private Optional<JsonNode> operation(String method, String target) {
        String verb = method.equals("HEAD") ? "get" : method.toLowerCase(java.util.Locale.ROOT);
        return template(target.replaceFirst("\\?.*", ""))
                .map(template -> document.path("paths").path(template).path(verb))
                .filter(operation -> !operation.isMissingNode());
    }

    /** What is wrong with an answer, if anything is. */
    Optional<String> wrong(String method, String target, Answer answer) {
        Optional<JsonNode> operation = operation(method, target);
        if (operation.isEmpty()) {
            return method.equals("OPTIONS") && answer.status() < 400 ? Optional.empty() : wrongBeside(method, answer);
        }
        JsonNode response = resolved(operation.get().path("responses").path(String.valueOf(answer.status())));
        if (response.isMissingNode()) {
            return Optional.of("this status is not described");
        }
        return wrongHeaders(response, answer).or(() -> wrongBody(method, response.path("content"), answer));
    }

    private Optional<String> wrongBeside(String method, Answer answer) {
        if (!BESIDE.contains(answer.status())) {
            return Optional.of("no such operation is described");
        }
        JsonNode problem = JSON.createObjectNode().put("$ref", "#/components/schemas/Problem");
        return method.equals("HEAD") ? Optional.empty() : errors(schema(problem), answer.body());
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    private static Optional<String> wrongHeaders(JsonNode response, Answer answer) {
        List<String> undescribed = Arrays.stream(Header.values())
                .filter(header -> answer.header(header.text()) != null)
                // Compression adds to this one.
                .filter(header -> header != Header.VARY)
                .map(Header::text)
                .filter(name -> !response.path("headers").has(name))
                .toList();
        if (!undescribed.isEmpty()) {
            return Optional.of("these headers are not described: " + undescribed);
        }
        return answer.header(Header.TRACEPARENT.text()) == null ? Optional.of("no traceparent") : Optional.empty();
    }

    private Optional<String> wrongBody(String method, JsonNode content, Answer answer) {
        if (method.equals("HEAD") || content.isMissingNode()) {
            return answer.body().isEmpty() ? Optional.empty() : Optional.of("there is a body, and none is described");
        }
        String type = String.valueOf(answer.header("Content-Type")).replaceFirst("\\s*;.*", "");
        JsonNode schema = content.path(type).path("schema");
        if (schema.isMissingNode()) {
            return Optional.of("the media type " + type + " is not described");
        }
        if (!schema.has("contentSchema")) {
            return type.endsWith("json") ? errors(schema(schema), answer.body()) : Optional.empty();
        }
        JsonSchema part = schema(schema.get("contentSchema"));
        return parts(type, answer.body()).stream()
                .map(json -> errors(part, json))
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

    private static Optional<String> errors(JsonSchema schema, String json) {
        Collection<ValidationMessage> errors = schema.validate(read(json));
        return errors.isEmpty()
                ? Optional.empty()
                : Optional.of(errors.stream().map(ValidationMessage::toString).collect(Collectors.joining("; ")));
    }

    /** The data of an event that some stream sent. */
    static void checkEvent(String template, String json) {
        JsonNode schema = PACKED.document
                .path("paths")
                .path(template)
                .at("/get/responses/200/content/text~1event-stream/schema/contentSchema");
        errors(PACKED.schema(schema), json).ifPresent(wrong -> {
            throw new AssertionError("Not as openapi.json says: an event of " + template + ": " + wrong + "\n" + json);
        });
    }

    private JsonSchema schema(JsonNode schema) {
        return compiled.computeIfAbsent(schema, s -> SCHEMAS.getSchema(within(s, closed), CONFIG));
    }

    private JsonSchema open(JsonNode schema) {
        return SCHEMAS.getSchema(within(schema, document.path("components")), CONFIG);
    }

    /** References reach what stands in the same document. */
    private static JsonNode within(JsonNode schema, JsonNode components) {
        ObjectNode whole = JSON.createObjectNode().put("$schema", "https://json-schema.org/draft/2020-12/schema");
        whole.putArray("allOf").add(schema);
        whole.set("components", JSON.createObjectNode().set("schemas", components.path("schemas")));
        return whole;
    }

    /** All operations, as {@code get /path}. */
    static List<String> operations() {
        return PACKED.document.path("paths").properties().stream()
                .flatMap(path -> StreamSupport.stream(
                        ((Iterable<String>) () -> path.getValue().fieldNames()).spliterator(), false)
                        .map(verb -> verb + " " + path.getKey()))
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
