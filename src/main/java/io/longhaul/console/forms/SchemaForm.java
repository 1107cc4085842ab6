package io.longhaul.console.forms;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.console.FormData;
import io.longhaul.console.forms.Field.Kind;
import io.longhaul.json.JsonFault;
import io.longhaul.tools.params.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The form that a tool's schema makes, for schemas whose members are plain; other members are entered as JSON. Numbers
 * travel as they are written, so every digit stays.
 */
public final class SchemaForm {
    // A repeated member goes on to the API, which refuses it and says where it is.
    public static final ObjectMapper JSON = StrictJson.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private static final String PREFIX = "p.";
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final List<String> BOUNDS = List.of(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "format");

    private final JsonNode schema;
    private final String id;
    private final String pointer;

    /**
     * A form for values of a schema.
     *
     * @param id begins the ids of its inputs
     * @param pointer where the value stands in what the API reads, as errors point to it: {@code /params}
     */
    public SchemaForm(JsonNode schema, String id, String pointer) {
        this.schema = schema;
        this.id = id;
        this.pointer = pointer;
    }

    /** False if the schema names no members: then there is only the text of the whole. */
    public boolean hasFields() {
        return !schema.path("properties").isEmpty();
    }

    /** True if the fields make the same value again when nobody changes what was filled in. */
    public boolean keeps(JsonNode value) {
        return value.isObject()
                && value.properties().stream().allMatch(member -> keeps(member.getValue(), property(member.getKey())));
    }

    private static boolean keeps(JsonNode value, JsonNode described) {
        Kind kind = Field.kind(described);
        String text = text(value, kind);
        boolean holds = switch (kind) {
            case CHOICE -> Field.choices(described).containsKey(text);
            case FLAG -> value.isBoolean();
            // A form has one kind of line ends.
            case TEXT -> text.indexOf('\r') < 0;
            case NUMBER, TIME, JSON -> true;
        };
        return !described.isMissingNode()
                && !text.isEmpty()
                && holds
                && parsed(value(text, kind)).equals(value);
    }

    /** The fields with this value in them; {@code former} is that of a run before, or null. */
    public List<Field> filled(JsonNode value, JsonNode former) {
        return fields(
                name -> text(value.path(name), Field.kind(property(name))),
                former == null ? name -> null : name -> formerText(former.path(name)),
                List.of());
    }

    /** The fields as they were sent, with their errors. */
    public List<Field> sent(FormData form, JsonNode former, List<FieldError> errors) {
        return fields(
                name -> form.text(PREFIX + name),
                former == null ? name -> null : name -> formerText(former.path(name)),
                errors);
    }

    private List<Field> fields(
            Function<String, String> value, Function<String, String> former, List<FieldError> errors) {
        List<Field> fields = new ArrayList<>();
        schema.path("properties").properties().forEach(property -> {
            String name = property.getKey();
            JsonNode described = property.getValue();
            String now = value.apply(name);
            String before = former.apply(name);
            fields.add(new Field(
                    id + "-" + fields.size(),
                    PREFIX + name,
                    name,
                    Field.kind(described),
                    isRequired(name),
                    hint(described),
                    Field.choices(described),
                    now,
                    before == null || before.equals(shown(now, Field.kind(described))) ? null : before,
                    errorsOf(name, errors)));
        });
        return fields;
    }

    private JsonNode property(String name) {
        return schema.path("properties").path(name);
    }

    private boolean isRequired(String name) {
        for (JsonNode required : schema.path("required")) {
            if (required.asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** A value as its input holds it. */
    private static String text(JsonNode value, Kind kind) {
        if (value.isMissingNode()) {
            return "";
        }
        return kind == Kind.TEXT && value.isTextual() ? value.asText() : value.toString();
    }

    private static String formerText(JsonNode value) {
        return value.isMissingNode() ? "" : value.isTextual() ? value.asText() : value.toString();
    }

    private static String shown(String input, Kind kind) {
        if (kind != Kind.CHOICE || input.isEmpty()) {
            return input;
        }
        return parsed(input).isTextual() ? parsed(input).asText() : input;
    }

    private static String hint(JsonNode described) {
        List<String> parts = new ArrayList<>();
        for (String text : List.of("title", "description")) {
            if (!described.path(text).asText().isBlank()) {
                parts.add(described.path(text).asText().strip());
            }
        }
        for (String bound : BOUNDS) {
            if (described.has(bound)) {
                parts.add(bound + " " + described.get(bound).asText());
            }
        }
        if (described.has("default")) {
            parts.add("default " + described.get("default"));
        }
        return parts.isEmpty() ? null : String.join(" · ", parts);
    }

    private List<String> errorsOf(String name, List<FieldError> errors) {
        String place = place(name);
        return errors.stream()
                .filter(error -> error.pointer().equals(place)
                        || error.pointer().startsWith(place + "/")
                        || (error.pointer().equals(pointer) && error.message().contains("'" + name + "'")))
                .map(error -> error.pointer().equals(place) || error.pointer().equals(pointer)
                        ? error.message()
                        : error.pointer().substring(place.length()) + " " + error.message())
                .toList();
    }

    private String place(String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    /** True if some field shows the error. */
    public boolean shows(FieldError error) {
        return schema.path("properties").properties().stream()
                .anyMatch(
                        property -> !errorsOf(property.getKey(), List.of(error)).isEmpty());
    }

    /**
     * Errors of fields whose text is no value of their kind. The value that is made of it has a text in that place, so
     * that other checks see that something was entered; it must not be used.
     */
    public List<FieldError> unreadable(FormData form) {
        List<FieldError> errors = new ArrayList<>();
        schema.path("properties").properties().forEach(property -> {
            String sent = form.text(PREFIX + property.getKey());
            String wrong = sent.isEmpty() ? null : wrong(sent, Field.kind(property.getValue()));
            if (wrong != null) {
                errors.add(new FieldError(place(property.getKey()), wrong));
            }
        });
        return errors;
    }

    private static String wrong(String sent, Kind kind) {
        return switch (kind) {
            case TEXT, TIME -> null;
            case NUMBER -> isNumber(sent) ? null : "must be a number, such as 12 or 0.5";
            case FLAG, CHOICE, JSON -> notJson(sent);
        };
    }

    private static boolean isNumber(String sent) {
        return NUMBER.matcher(sent.strip()).matches();
    }

    /** Why a text is no JSON value, and where it ceases to be one; null if it is one. */
    public static String notJson(String text) {
        try {
            return JSON.readTree(text).isMissingNode() ? "is empty: write a JSON value" : null;
        } catch (JsonProcessingException e) {
            return "is not JSON: " + JsonFault.of(e);
        }
    }

    /** The value that a form holds, as JSON. What is empty is left out. */
    public String json(FormData form) {
        Map<String, String> members = new TreeMap<>();
        schema.path("properties").properties().forEach(property -> {
            String sent = form.text(PREFIX + property.getKey());
            if (!sent.isEmpty()) {
                members.put(property.getKey(), value(sent, Field.kind(property.getValue())));
            }
        });
        StringBuilder json = new StringBuilder("{");
        members.forEach((name, value) -> json.append(json.length() == 1 ? "" : ",")
                .append(TextNode.valueOf(name))
                .append(':')
                .append(value));
        return json.append('}').toString();
    }

    private static String value(String sent, Kind kind) {
        boolean isText = kind == Kind.TEXT || kind == Kind.TIME || wrong(sent, kind) != null;
        return isText ? TextNode.valueOf(sent).toString() : sent.strip();
    }

    /** A JSON text as a tree; missing if it is none. */
    public static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }
}
