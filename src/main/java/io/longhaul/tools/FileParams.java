package io.longhaul.tools;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.json.WalkedPointer;
import io.longhaul.tools.params.ParamError;
import io.longhaul.tools.params.ParamErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Finds the params that are files: those to which the schema gives {@code format: longhaul-file}, directly or in {@code
 * properties} and {@code items}. Such a param is the id of an uploaded file, or a small file itself as a data URL (RFC
 * 2397).
 */
public record FileParams(JsonNode schema, boolean any) {
    /** The format by which a schema marks a param as a file. */
    public static final String FORMAT = "longhaul-file";

    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    public static FileParams of(JsonNode schema) {
        return new FileParams(schema, mayHaveFiles(schema));
    }

    /**
     * A param that is a file.
     *
     * @param pointer JSON pointer to it
     * @param value an id, or a data URL
     */
    public record Place(String pointer, String value) {
        /** The id of the uploaded file; empty for a data URL. */
        public Optional<UUID> id() {
            return ID.matcher(value).matches() ? Optional.of(UUID.fromString(value)) : Optional.empty();
        }
    }

    /** Finds the files in params, in their order; only those that are text. */
    public List<Place> in(JsonNode params) {
        List<Place> places = new ArrayList<>();
        if (any) {
            visit(schema, params, new WalkedPointer(), places::add);
        }
        return places;
    }

    /** Checks the form of each file param. */
    List<ParamError> check(JsonNode params) {
        ParamErrors errors = new ParamErrors();
        visit(schema, params, new WalkedPointer(), place -> {
            if (place.id().isEmpty()) {
                problem(place.value()).ifPresent(what -> errors.add(place.pointer(), what));
            }
            return !errors.isFull();
        });
        return errors.list();
    }

    private static Optional<String> problem(String value) {
        Optional<DataUrl> url = DataUrl.parse(value);
        if (url.isEmpty()) {
            return Optional.of(
                    value.regionMatches(true, 0, "data:", 0, 5)
                            ? "is a data: URL that cannot be read: write data:;base64, and the file in base64, or data:, and text"
                            : "is a file: write the id that POST /v1/files answered, or a data: URL");
        }
        return Optional.ofNullable(url.get().name())
                .flatMap(FileName::problem)
                .map(problem -> "is a data: URL whose name " + problem);
    }

    /**
     * Returns the params with other values in some places.
     *
     * @param values by JSON pointer
     * @return a copy, or the same object if there are no values
     */
    public static JsonNode with(JsonNode params, Map<String, String> values) {
        if (values.isEmpty()) {
            return params;
        }
        if (values.containsKey("")) {
            return TextNode.valueOf(values.get(""));
        }
        JsonNode copy = params.deepCopy();
        values.forEach((pointer, value) -> put(copy, JsonPointer.compile(pointer), value));
        return copy;
    }

    private static void put(JsonNode root, JsonPointer pointer, String value) {
        JsonNode parent = root.at(pointer.head());
        JsonPointer last = pointer.last();
        if (parent instanceof ObjectNode object) {
            object.put(last.getMatchingProperty(), value);
        } else {
            ((ArrayNode) parent).set(last.getMatchingIndex(), TextNode.valueOf(value));
        }
    }

    private static boolean isFile(JsonNode schema) {
        return schema.path("format").asText().equals(FORMAT);
    }

    /** Terminates because a schema is a tree: a schema refers to itself by {@code $ref}, which is not followed. */
    private static boolean mayHaveFiles(JsonNode schema) {
        if (isFile(schema) || mayHaveFilesIn(schema.path("items"))) {
            return true;
        }
        for (JsonNode property : schema.path("properties")) {
            if (mayHaveFilesIn(property)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayHaveFilesIn(JsonNode schema) {
        return schema.isObject() && mayHaveFiles(schema);
    }

    /** Returns false if the visitor did: it does not want the other files. */
    private static boolean visit(JsonNode schema, JsonNode value, WalkedPointer at, Predicate<Place> visitor) {
        if (isFile(schema) && value.isTextual()) {
            return visitor.test(new Place(at.toString(), value.textValue()));
        }
        boolean goesOn = true;
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> property :
                    schema.path("properties").properties()) {
                if (goesOn && value.has(property.getKey())) {
                    int from = at.down(property.getKey());
                    goesOn = visit(property.getValue(), value.get(property.getKey()), at, visitor);
                    at.back(from);
                }
            }
        } else if (value.isArray() && schema.path("items").isObject()) {
            for (int i = 0; goesOn && i < value.size(); i++) {
                int from = at.down(i);
                goesOn = visit(schema.get("items"), value.get(i), at, visitor);
                at.back(from);
            }
        }
        return goesOn;
    }
}
