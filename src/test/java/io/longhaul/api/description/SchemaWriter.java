package io.longhaul.api.description;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/** Makes JSON Schemas of records: their components, {@link Shape} and Javadoc. */
final class SchemaWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NULL = Pattern.compile("\\b[Nn]ull\\b");

    private final SourceDocs docs;

    private final Map<String, ObjectNode> schemas = new TreeMap<>();
    private final Map<String, Class<?>> names = new TreeMap<>();

    SchemaWriter(SourceDocs docs) {
        this.docs = docs;
    }

    /** All referenced schemas, by name. */
    ObjectNode all() {
        ObjectNode all = JSON.createObjectNode();
        schemas.forEach(all::set);
        return all;
    }

    /** A referenced schema. */
    ObjectNode named(String name) {
        return schemas.get(name);
    }

    /** A reference to the schema of a record. */
    ObjectNode ref(Class<?> type) {
        return ref(type, false);
    }

    private ObjectNode ref(Class<?> type, boolean partial) {
        String name = name(type) + (partial ? "InList" : "");
        Class<?> known = names.putIfAbsent(name, type);
        if (known != null && known != type) {
            throw new AssertionError("two schemas would be named " + name + ": rename " + known + " or " + type);
        }
        if (known == null) {
            schemas.put(name, object(type, partial));
        }
        return JSON.createObjectNode().put("$ref", "#/components/schemas/" + name);
    }

    /** A record inside another one is named after both, except in resources and other holders. */
    static String name(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        String own = type.getSimpleName().replaceFirst("Representation$", "");
        if (outer == null || outer.getSimpleName().matches("\\w+(Resource|Answers)|Requests|Queries")) {
            return own;
        }
        return outer.getSimpleName().replaceFirst("(Answer|Representation)$", "") + own.replaceFirst("Answer$", "");
    }

    private ObjectNode object(Class<?> type, boolean anyMayLack) {
        if (!type.isRecord()) {
            throw new AssertionError(type + " is no record: the description can only show records");
        }
        ObjectNode schema = JSON.createObjectNode().put("type", "object");
        SourceDocs.Doc doc = docs.of(type);
        if (doc.summary().isEmpty()) {
            throw new AssertionError(type + " has no Javadoc");
        }
        schema.put("description", doc.whole());
        ArrayNode required = JSON.createArrayNode();
        ObjectNode properties = JSON.createObjectNode();
        boolean request = type.getEnclosingClass() == Requests.class;
        Shape whole = type.getAnnotation(Shape.class);
        boolean partial = anyMayLack || (whole != null && whole.partial());
        for (RecordComponent component : (whole == null ? type : whole.type()).getRecordComponents()) {
            if (field(component).isAnnotationPresent(JsonAnyGetter.class)) {
                properties.setAll(
                        (ObjectNode) object(component.getAnnotation(Shape.class).type(), true)
                                .get("properties"));
                continue;
            }
            String name = jsonName(component);
            boolean needed = request ? isRequired(component) : !isLeftOut(component);
            properties.set(name, member(component));
            if (needed && !partial) {
                required.add(name);
            }
        }
        schema.set("properties", properties);
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }

    static String jsonName(RecordComponent component) {
        JsonProperty given = field(component).getAnnotation(JsonProperty.class);
        return given == null ? SnakeCaseStrategy.INSTANCE.translate(component.getName()) : given.value();
    }

    private static boolean isRequired(RecordComponent component) {
        Shape shape = component.getAnnotation(Shape.class);
        return shape != null && shape.required();
    }

    /** Tells whether the member is left out if it is null. */
    private static boolean isLeftOut(RecordComponent component) {
        JsonInclude own = field(component).getAnnotation(JsonInclude.class);
        JsonInclude all = component.getDeclaringRecord().getAnnotation(JsonInclude.class);
        JsonInclude holds = own != null ? own : all;
        return holds != null
                && holds.value() != JsonInclude.Include.ALWAYS
                && !component.getType().isPrimitive();
    }

    private static Field field(RecordComponent component) {
        try {
            return component.getDeclaringRecord().getDeclaredField(component.getName());
        } catch (NoSuchFieldException e) {
            throw new AssertionError(e);
        }
    }

    /** The schema of a member of a record. */
    JsonNode member(RecordComponent component) {
        String doc = docs.of(component.getDeclaringRecord()).params().getOrDefault(component.getName(), "");
        if (doc.isEmpty()) {
            throw new AssertionError(component.getDeclaringRecord() + " has no @param " + component.getName());
        }
        Shape shape = component.getAnnotation(Shape.class);
        boolean raw = field(component).isAnnotationPresent(JsonRawValue.class);
        ObjectNode schema =
                raw ? JSON.createObjectNode() : typed(component.getGenericType(), shape, component.getName());
        boolean request = component.getDeclaringRecord().getEnclosingClass() == Requests.class;
        boolean nullable = NULL.matcher(doc).find() && (request || !isLeftOut(component));
        ObjectNode whole = nullable ? orNull(schema) : schema;
        return whole.put("description", sentence(doc));
    }

    static String sentence(String doc) {
        return doc.isEmpty() ? doc : doc.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + doc.substring(1);
    }

    private static ObjectNode orNull(ObjectNode schema) {
        if (schema.has("$ref")) {
            return either(schema, "null");
        }
        if (schema.get("anyOf") instanceof ArrayNode choices) {
            choices.addObject().put("type", "null");
        }
        if (schema.has("type")) {
            JsonNode type = schema.get("type");
            schema.putArray("type").add(type).add("null");
        }
        if (schema.get("enum") instanceof ArrayNode values) {
            values.addNull();
        }
        return schema;
    }

    private static ObjectNode either(ObjectNode schema, String type) {
        ObjectNode choice = JSON.createObjectNode();
        choice.putArray("anyOf").add(schema).addObject().put("type", type);
        return choice;
    }

    /** The schema of a type, completed by its shape. */
    ObjectNode typed(Type type, Shape shape, String name) {
        ObjectNode schema = plain(type, shape, name);
        if (shape == null) {
            return schema;
        }
        ObjectNode of = schema.get("items") instanceof ObjectNode items && shape.values().length > 0 ? items : schema;
        if (shape.values().length > 0) {
            ArrayNode values = of.putArray("enum");
            List.of(shape.values()).forEach(values::add);
        }
        if (!shape.format().isEmpty()) {
            schema.put("format", shape.format());
        }
        if (!shape.pattern().isEmpty()) {
            schema.put("pattern", "^" + shape.pattern() + "$");
        }
        bounds(schema, shape);
        if (!shape.usual().isEmpty()) {
            schema.set("default", read(shape.usual()));
        }
        return shape.orText() ? either(schema, "string") : schema;
    }

    private static void bounds(ObjectNode schema, Shape shape) {
        String kind = schema.path("type").asText();
        String suffix = kind.equals("string") ? "Length" : kind.equals("array") ? "Items" : "imum";
        if (shape.least() != Long.MIN_VALUE) {
            schema.put("min" + suffix, shape.least());
        }
        if (shape.most() != Long.MAX_VALUE) {
            schema.put("max" + suffix, shape.most());
        }
    }

    private ObjectNode plain(Type type, Shape shape, String name) {
        ObjectNode schema = JSON.createObjectNode();
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            Type item =
                    shape != null && shape.type() != void.class ? shape.type() : generic.getActualTypeArguments()[0];
            schema.put("type", "array");
            schema.set(
                    "items",
                    item instanceof Class<?> c && c.isRecord()
                            ? ref(c, shape != null && shape.partial())
                            : plain(item, null, ""));
            return schema;
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
            return schema.put("type", "object").put("additionalProperties", true);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == String.class) {
            schema.put("type", "string");
            return name.endsWith("At") ? schema.put("format", "date-time") : schema;
        }
        if (raw == UUID.class) {
            return schema.put("type", "string").put("format", "uuid");
        }
        if (Set.of(int.class, Integer.class).contains(raw)) {
            return schema.put("type", "integer").put("format", "int32");
        }
        if (Set.of(long.class, Long.class).contains(raw)) {
            return schema.put("type", "integer").put("format", "int64");
        }
        if (Set.of(double.class, Double.class).contains(raw)) {
            return schema.put("type", "number").put("format", "double");
        }
        if (Set.of(boolean.class, Boolean.class).contains(raw)) {
            return schema.put("type", "boolean");
        }
        if (JsonNode.class.isAssignableFrom(raw) || raw == Object.class) {
            return schema;
        }
        return ref(raw);
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }
}
