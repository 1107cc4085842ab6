package io.longhaul.api.description;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.BodilessGate;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Problem;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.streams.EventStreams;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.PathParam;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the OpenAPI document of the resources: their JAX-RS annotations, {@link Operation}, records and Javadoc. */
final class ApiDescription {
    private static final Path CLASSES = Path.of("target/classes");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The chapters in the order of the document. Add new ones here. */
    private static final Map<String, String> TAGS = tags();

    /** Errors of any request. */
    private static final Set<ErrorCode> OF_ALL = EnumSet.of(
            ErrorCode.BAD_REQUEST,
            ErrorCode.NOT_ACCEPTABLE,
            ErrorCode.URI_TOO_LONG,
            ErrorCode.HEADERS_TOO_LARGE,
            ErrorCode.INVALID_REQUEST,
            ErrorCode.HOST_NOT_ALLOWED,
            ErrorCode.ORIGIN_NOT_ALLOWED,
            ErrorCode.INTERNAL_ERROR,
            ErrorCode.SHUTTING_DOWN);

    /** Errors of any request that needs authentication. */
    private static final Set<ErrorCode> OF_KEYS = EnumSet.of(
            ErrorCode.UNAUTHENTICATED, ErrorCode.MISSING_ROLE, ErrorCode.RATE_LIMITED, ErrorCode.TOKEN_NOT_JUDGED);

    /** Errors of any request that needs the database. */
    private static final Set<ErrorCode> OF_DATABASE = EnumSet.of(
            ErrorCode.DATABASE_UNAVAILABLE,
            ErrorCode.DATABASE_READ_ONLY,
            ErrorCode.DATABASE_FULL,
            ErrorCode.OUTCOME_UNKNOWN,
            ErrorCode.DATABASE_MIGRATION_REQUIRED,
            ErrorCode.QUERY_TOO_SLOW);

    /** Errors of any request with a body. */
    private static final Set<ErrorCode> OF_BODIES = EnumSet.of(
            ErrorCode.MALFORMED_JSON,
            ErrorCode.REQUEST_TIMEOUT,
            ErrorCode.PAYLOAD_TOO_LARGE,
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
            ErrorCode.INVALID_REQUEST);

    /** Errors of any request that submits one job. */
    private static final Set<ErrorCode> OF_SUBMITS = EnumSet.of(
            ErrorCode.TOOL_FORBIDDEN,
            ErrorCode.UNKNOWN_TOOL,
            ErrorCode.UNKNOWN_FILE,
            ErrorCode.INVALID_PARAMS,
            ErrorCode.IDEMPOTENCY_KEY_REUSED,
            ErrorCode.OVERLOADED,
            ErrorCode.QUEUE_FULL);

    /** Headers for caching and polling one job. */
    private static final List<Header> OF_ONE_JOB =
            List.of(Header.ETAG, Header.CACHE_CONTROL, Header.VARY, Header.PREFERENCE_APPLIED, Header.RETRY_AFTER);

    /** Headers that are always sent by answers that have them. */
    private static final Set<Header> ALWAYS_SENT =
            EnumSet.of(Header.TRACEPARENT, Header.CONTENT_RANGE, Header.WWW_AUTHENTICATE, Header.ETAG, Header.VARY);

    private final SourceDocs docs = SourceDocs.of(Path.of("src/main/java"));
    private final SchemaWriter schemas = new SchemaWriter(docs);
    private final Examples examples = new Examples(schemas::named);
    private final ObjectNode problems = JSON.createObjectNode();
    private final ObjectNode headers = JSON.createObjectNode();
    private final Set<String> warned = new TreeSet<>();
    private final Map<String, ObjectNode> paths = new TreeMap<>();

    private static Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("Jobs", "Submit jobs, follow and end them.");
        tags.put("Batches", "Many jobs at once.");
        tags.put("Events", "Server-sent events instead of polling.");
        tags.put("Schedules", "Jobs by the clock.");
        tags.put("Files", "What goes into jobs, and what they leave.");
        tags.put("Webhooks", "Endpoints that are told of ends, and what they were told.");
        tags.put("Tools", "What can be done; and calls that wait.");
        tags.put("Workers", "Programs elsewhere that do the work, in any language.");
        tags.put("Callbacks", "News of work that a tool handed to somebody outside.");
        tags.put("Views", "Lists of jobs that are kept by name, for one caller or for all.");
        tags.put("Operations", "Nodes and figures.");
        tags.put("Health", "For orchestrators and load balancers.");
        tags.put("Description", "This description.");
        return tags;
    }

    /** The whole document. */
    static ObjectNode document() {
        ApiDescription description = new ApiDescription();
        resources().forEach(description::resource);
        return description.whole();
    }

    /** All compiled resource classes. */
    static List<Class<?>> resources() {
        try (Stream<Path> files = Files.walk(CLASSES.resolve("io/longhaul"))) {
            return files.map(CLASSES::relativize)
                    .map(Path::toString)
                    .filter(file -> file.endsWith("Resource.class"))
                    .map(file -> file.replace(".class", "").replace('/', '.'))
                    .<Class<?>>map(ApiDescription::load)
                    .filter(type -> type.isAnnotationPresent(jakarta.ws.rs.Path.class))
                    .sorted(Comparator.comparing(Class::getSimpleName))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ApiDescription.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private void resource(Class<?> type) {
        Arrays.stream(type.getDeclaredMethods())
                .filter(method -> verb(method) != null)
                .sorted(Comparator.comparing(Method::getName))
                .forEach(method -> operation(type, method));
    }

    private static String verb(Method method) {
        for (Annotation annotation : method.getAnnotations()) {
            HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
            if (verb != null) {
                return verb.value();
            }
        }
        return null;
    }

    private void operation(Class<?> type, Method method) {
        Operation operation = method.getAnnotation(Operation.class);
        if (operation == null) {
            throw new AssertionError(method + " has no @Operation: say there what it takes and answers, then run"
                    + " OpenApiTest with -Dlonghaul.snapshot=write");
        }
        String path = path(type, method);
        String verb = verb(method).toLowerCase(Locale.ROOT);
        ObjectNode item = paths.computeIfAbsent(path, p -> JSON.createObjectNode());
        if (item.has(verb)) {
            // Two methods that consume different types are one operation.
            merge((ObjectNode) item.get(verb), one(type, method, operation, path));
        } else {
            item.set(verb, one(type, method, operation, path));
        }
    }

    private static String path(Class<?> type, Method method) {
        jakarta.ws.rs.Path own = method.getAnnotation(jakarta.ws.rs.Path.class);
        String path = type.getAnnotation(jakarta.ws.rs.Path.class).value() + (own == null ? "" : own.value());
        return ("/" + path).replaceAll("/{2,}", "/").replaceAll("\\{(\\w+):[^}]*}", "{$1}");
    }

    private ObjectNode one(Class<?> type, Method method, Operation operation, String path) {
        ObjectNode node = JSON.createObjectNode();
        node.put("operationId", operation.id());
        if (!TAGS.containsKey(operation.tag())) {
            throw new AssertionError("no chapter " + operation.tag() + ": add it to ApiDescription");
        }
        node.putArray("tags").add(operation.tag());
        SourceDocs.Doc doc = docs.of(type, method.getName());
        node.put("summary", doc.summary().replaceFirst("\\.$", ""));
        if (!doc.rest().isEmpty()) {
            node.put("description", doc.rest());
        }
        ArrayNode parameters = parameters(type, method, operation);
        if (!parameters.isEmpty()) {
            node.set("parameters", parameters);
        }
        if (operation.body() != void.class) {
            node.set("requestBody", body(method, operation));
        }
        if (operation.anyBody()) {
            node.putObject("requestBody")
                    .put("required", true)
                    .putObject("content")
                    .putObject("*/*")
                    .set("example", Examples.text("*/*"));
        }
        if (method.isAnnotationPresent(NoAuthentication.class)) {
            node.putArray("security");
        }
        node.set("responses", responses(method, operation, path));
        return node;
    }

    private static void merge(ObjectNode first, ObjectNode second) {
        ((ObjectNode) first.at("/requestBody/content")).setAll((ObjectNode) second.at("/requestBody/content"));
        for (Map.Entry<String, com.fasterxml.jackson.databind.JsonNode> response :
                second.get("responses").properties()) {
            ObjectNode known = (ObjectNode) first.get("responses").get(response.getKey());
            if (known == null) {
                ((ObjectNode) first.get("responses")).set(response.getKey(), response.getValue());
            } else if (known.get("content") instanceof ObjectNode content) {
                content.setAll((ObjectNode) response.getValue().get("content"));
            }
        }
        String more = second.path("summary").asText() + ". "
                + second.path("description").asText();
        first.put("description", (first.path("description").asText() + "\n\n" + more.strip()).strip());
    }

    private ArrayNode parameters(Class<?> type, Method method, Operation operation) {
        ArrayNode parameters = JSON.createArrayNode();
        Map<String, String> params = docs.of(type, method.getName()).params();
        for (Parameter parameter : method.getParameters()) {
            PathParam inPath = parameter.getAnnotation(PathParam.class);
            HeaderParam inHeader = parameter.getAnnotation(HeaderParam.class);
            if (inPath != null) {
                String doc = params.getOrDefault(parameter.getName(), thing(path(type, method), inPath.value()));
                ObjectNode schema = pathSchema(inPath.value(), parameter);
                parameters.add(parameter(inPath.value(), "path", true, SchemaWriter.sentence(doc), schema));
            } else if (inHeader != null) {
                parameters.add(parameter(inHeader.value(), "header", false, meaning(inHeader.value()), type("string")));
            }
        }
        if (operation.query() != void.class) {
            for (RecordComponent component : operation.query().getRecordComponents()) {
                if (!SchemaWriter.jsonName(component).equals(operation.without())) {
                    parameters.add(query(component));
                }
            }
        }
        for (Header header : operation.headers()) {
            parameters.add(header(header));
        }
        return parameters;
    }

    /** Describes a path parameter without Javadoc by the part of the path before it, in the singular. */
    private static String thing(String path, String parameter) {
        String many = path.replaceFirst("/\\{" + parameter + "}.*", "").replaceFirst(".*/", "");
        return "the "
                + many.replaceFirst("ches$", "ch").replaceFirst("ies$", "y").replaceFirst("s$", "");
    }

    private String meaning(String header) {
        return Arrays.stream(Header.values())
                .filter(known -> known.text().equals(header))
                .map(known -> docs.of(Header.class, known.name()).whole())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no such header in Header: " + header));
    }

    private ObjectNode pathSchema(String name, Parameter parameter) {
        Shape shape = parameter.getAnnotation(Shape.class);
        if (name.equals("attempt")) {
            return type("integer").put("format", "int32").put("minimum", 1);
        }
        ObjectNode schema = schemas.typed(String.class, shape, "");
        return name.equals("id") || name.endsWith("_id") || name.equals("delivery")
                ? schema.put("format", "uuid")
                : schema;
    }

    private ObjectNode query(RecordComponent component) {
        Shape shape = component.getAnnotation(Shape.class);
        boolean commas = shape != null && shape.commas();
        ObjectNode schema = (ObjectNode) schemas.member(component);
        String doc = schema.remove("description").asText();
        boolean required = shape != null && shape.required();
        if (shape != null && shape.members()) {
            String name = SchemaWriter.jsonName(component);
            ObjectNode members = type("object").put("additionalProperties", false);
            members.putObject("patternProperties").set("^" + name + "\\.", schema);
            return parameter(name, "query", required, doc, members)
                    .put("style", "form")
                    .put("explode", true);
        }
        if (!commas) {
            return parameter(SchemaWriter.jsonName(component), "query", required, doc, schema);
        }
        ObjectNode list = type("array");
        list.set("items", schema);
        ObjectNode parameter = parameter(SchemaWriter.jsonName(component), "query", required, doc, list);
        return parameter.put("style", "form").put("explode", false);
    }

    private static ObjectNode parameter(String name, String in, boolean required, String doc, ObjectNode schema) {
        ObjectNode node = JSON.createObjectNode().put("name", name).put("in", in);
        if (required) {
            node.put("required", true);
        }
        if (doc.isEmpty()) {
            throw new AssertionError("The parameter " + name + " has no Javadoc");
        }
        node.put("description", doc);
        node.set("schema", schema);
        return node;
    }

    private ObjectNode header(Header header) {
        ObjectNode node = parameter(
                header.text(),
                "header",
                false,
                docs.of(Header.class, header.name()).whole(),
                type(header.type()));
        return header.example().isEmpty() ? node : node.put("example", header.example());
    }

    private ObjectNode body(Method method, Operation operation) {
        Consumes consumes = method.isAnnotationPresent(Consumes.class)
                ? method.getAnnotation(Consumes.class)
                : method.getDeclaringClass().getAnnotation(Consumes.class);
        ObjectNode body = JSON.createObjectNode();
        if (operation.bodyRequired()) {
            body.put("required", true);
        }
        ObjectNode content = body.putObject("content");
        for (String type : consumes == null ? new String[] {"application/json"} : consumes.value()) {
            content.set(type, media(operation.id(), type, operation.body()));
        }
        return body;
    }

    /** Describes lines and events as text whose parts match the records. */
    private ObjectNode media(String operation, String type, Class<?>... records) {
        ObjectNode media = JSON.createObjectNode();
        List<ObjectNode> refs = Arrays.stream(records).map(schemas::ref).toList();
        ObjectNode schema = JSON.createObjectNode();
        if (refs.size() == 1) {
            schema = refs.get(0);
        } else {
            ArrayNode choice = schema.putArray("anyOf");
            refs.forEach(choice::add);
        }
        if (type.equals("application/json")) {
            media.set("schema", schema);
            media.set("example", examples.of(operation, refs.get(0)));
        } else {
            ObjectNode text = type("string").put("contentMediaType", "application/json");
            text.set("contentSchema", schema);
            text.put(
                    "description",
                    type.equals(EventStreams.MEDIA_TYPE)
                            ? "Server-sent events; the data of each is one of these."
                            : "One JSON value on each line.");
            media.set("schema", text);
            media.set("example", examples.lines(operation, type, refs));
        }
        return media;
    }

    private ObjectNode responses(Method method, Operation operation, String path) {
        Map<String, ObjectNode> responses = new TreeMap<>();
        for (Reply reply : operation.replies()) {
            responses.put(String.valueOf(reply.status()), reply(operation, reply, warns(method, operation)));
        }
        errors(method, operation, path).stream()
                .collect(Collectors.groupingBy(ErrorCode::status, TreeMap::new, Collectors.toList()))
                .forEach((status, codes) -> {
                    ObjectNode problem = problem(codes);
                    ObjectNode known = responses.get(String.valueOf(status));
                    if (known == null) {
                        responses.put(String.valueOf(status), ref(status, codes, problem));
                    } else {
                        ((ObjectNode) known.get("content")).setAll((ObjectNode) problem.get("content"));
                    }
                });
        ObjectNode node = JSON.createObjectNode();
        responses.forEach(node::set);
        return node;
    }

    private ObjectNode ref(int status, List<ErrorCode> codes, ObjectNode problem) {
        String name = "Problem" + status + "." + codes.stream().map(Enum::name).collect(Collectors.joining("."));
        problems.set(name, problem);
        return JSON.createObjectNode().put("$ref", "#/components/responses/" + name);
    }

    private static Set<ErrorCode> errors(Method method, Operation operation, String path) {
        Set<ErrorCode> errors = EnumSet.copyOf(OF_ALL);
        errors.addAll(List.of(operation.errors()));
        if (operation.submits()) {
            errors.addAll(OF_SUBMITS);
        }
        if (!method.isAnnotationPresent(NoAuthentication.class)) {
            errors.addAll(OF_KEYS);
        }
        if (path.startsWith("/v1/")) {
            errors.addAll(OF_DATABASE);
        }
        if (operation.body() != void.class) {
            errors.addAll(OF_BODIES);
        }
        if (method.getDeclaringClass().isAnnotationPresent(Consumes.class)) {
            errors.add(ErrorCode.UNSUPPORTED_MEDIA_TYPE);
        }
        return errors;
    }

    private static boolean warns(Method method, Operation operation) {
        return operation.body() != void.class || BodilessGate.passesOver(method, verb(method));
    }

    private ObjectNode reply(Operation asked, Reply reply, boolean warns) {
        String operation = asked.id();
        ObjectNode node = JSON.createObjectNode().put("description", reply.means());
        ObjectNode sent = node.putObject("headers");
        sent.set(Header.TRACEPARENT.text(), headerRef(Header.TRACEPARENT));
        for (Header header : reply.headers()) {
            sent.set(header.text(), headerRef(header));
        }
        if (warns) {
            sent.set(Header.WARNING.text(), headerRef(Header.WARNING));
            if (reply.type().equals("application/json")) {
                Arrays.stream(reply.body()).map(SchemaWriter::name).forEach(warned::add);
            }
        }
        if (reply.cacheable()) {
            OF_ONE_JOB.forEach(header -> sent.set(header.text(), headerRef(header)));
        }
        if (reply.body().length > 0) {
            node.putObject("content").set(reply.type(), media(operation, reply.type(), reply.body()));
        } else if (reply.open()) {
            ObjectNode any = JSON.createObjectNode();
            any.set("schema", type(reply.type().equals("application/json") ? "object" : "string"));
            any.set("example", Examples.text(reply.type()));
            node.putObject("content").set(reply.type(), any);
        }
        return node;
    }

    /** Answers to requests with a body may have them. */
    private ObjectNode warnings() {
        ObjectNode list = JSON.createObjectNode().put("type", "array");
        list.put(
                "description",
                "Members of the request that no request has and that were ignored; only in answers to a request that has some.");
        list.set("items", schemas.ref(Problem.FieldError.class));
        return list;
    }

    private ObjectNode headerRef(Header header) {
        ObjectNode node = JSON.createObjectNode()
                .put("description", docs.of(Header.class, header.name()).whole());
        if (ALWAYS_SENT.contains(header)) {
            node.put("required", true);
        }
        node.set("schema", type(header.type()));
        headers.set(header.text(), node);
        return JSON.createObjectNode().put("$ref", "#/components/headers/" + header.text());
    }

    private ObjectNode problem(List<ErrorCode> codes) {
        String means = codes.stream()
                .map(code -> "`" + code + "`: " + ErrorTable.meaning(docs, code))
                .collect(Collectors.joining("\n\n"));
        ObjectNode node = JSON.createObjectNode().put("description", means);
        ObjectNode sent = node.putObject("headers");
        sent.set(Header.TRACEPARENT.text(), headerRef(Header.TRACEPARENT));
        sent.set(Header.CACHE_CONTROL.text(), headerRef(Header.CACHE_CONTROL));
        if (codes.stream().anyMatch(code -> code.retryAfterSeconds() > 0)) {
            sent.set(Header.RETRY_AFTER.text(), headerRef(Header.RETRY_AFTER));
        }
        if (codes.stream().anyMatch(code -> code.status() / 100 == 4)) {
            sent.set(Header.WARNING.text(), headerRef(Header.WARNING));
        }
        if (codes.contains(ErrorCode.UNAUTHENTICATED)) {
            sent.set(Header.WWW_AUTHENTICATE.text(), headerRef(Header.WWW_AUTHENTICATE));
        }
        if (codes.contains(ErrorCode.RANGE_NOT_SATISFIABLE)) {
            sent.set(Header.CONTENT_RANGE.text(), headerRef(Header.CONTENT_RANGE));
        }
        ObjectNode schema = JSON.createObjectNode();
        ArrayNode all = schema.putArray("allOf").add(schemas.ref(Problem.class));
        ArrayNode names =
                all.addObject().putObject("properties").putObject("error_code").putArray("enum");
        codes.forEach(code -> names.add(code.name()));
        node.putObject("content").putObject(Problem.MEDIA_TYPE).set("schema", schema);
        return node;
    }

    private static ObjectNode type(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private ObjectNode whole() {
        ObjectNode root = JSON.createObjectNode().put("openapi", "3.1.0");
        ObjectNode info = root.putObject("info");
        info.put("title", "Longhaul");
        info.put("version", "1");
        info.put("summary", "A durable job API for any long-running tool.");
        info.put(
                "description",
                "Submit `{tool, params}`, get a job id at once, and poll, wait or stream until the result is there."
                        + "\n\nMembers that are not described here may be added to answers at any time. Members of requests"
                        + " that are not known are ignored with a warning, or refused: by views, operations and"
                        + " `redeliver`, and by all with the setting `api.unknownMembers: refuse`. All errors have the shape of `Problem`. What is"
                        + " no correct HTTP or asks for something that is not there is answered in the same shape,"
                        + " with 400, 404, 405, 408, 417, 426, 501 or 505. Each `GET` has its `HEAD`.");
        info.putObject("license").put("name", "Apache 2.0").put("identifier", "Apache-2.0");
        root.putArray("servers").addObject().put("url", "/");
        ArrayNode security = root.putArray("security");
        security.addObject().putArray("bearer");
        security.addObject().putArray("key");
        security.addObject();
        ArrayNode tags = root.putArray("tags");
        TAGS.forEach((name, text) -> tags.addObject().put("name", name).put("description", text));
        ObjectNode all = root.putObject("paths");
        paths.forEach(all::set);
        ObjectNode components = root.putObject("components");
        schemas.named("Problem").putArray("examples").add(examples.of("", schemas.ref(Problem.class)));
        warned.forEach(
                name -> ((ObjectNode) schemas.named(name).get("properties")).set(UnknownMembers.MEMBER, warnings()));
        components.set("schemas", schemas.all());
        components.set("responses", sorted(problems));
        components.set("headers", sorted(headers));
        ObjectNode schemes = components.putObject("securitySchemes");
        schemes.putObject("bearer")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "An API key or a token of your identity provider, where the server asks for one.");
        schemes.putObject("key")
                .put("type", "apiKey")
                .put("in", "header")
                .put("name", "X-API-Key")
                .put("description", "An API key, for programs that cannot send `Authorization`.");
        return root;
    }

    private static ObjectNode sorted(ObjectNode node) {
        ObjectNode sorted = JSON.createObjectNode();
        new TreeMap<>(node.properties().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                .forEach(sorted::set);
        return sorted;
    }
}
