package io.longhaul.tools.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.Schema;
import com.networknt.schema.path.NodePath;
import com.networknt.schema.path.PathType;
import io.longhaul.tools.params.Evaluation.TooLong;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tests a schema before it is used: its size, and whether the check of a minimal value against each of its parts
 * terminates. It does not for a part that refers to itself without descending into the value, or to two others that
 * refer to two others each and so on.
 */
final class SchemaTrial {
    /** Common schemas have hundreds of values, the largest published ones some ten thousand. */
    private static final int MOST_VALUES = 50_000;

    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int DEEPEST = 100;

    /** Memory for JSON and compiled form, measured with schemas at their bounds. */
    private static final long BYTES_A_VALUE = 1_000;

    /** Bound for each part; large published schemas take some hundred. */
    private static final int MOST_STEPS = 10_000;

    /** Parts that are tried; the others are bounded when they are used. */
    private static final int MOST_PARTS = 2_000;

    private static final String DIALECT = "$schema";
    private static final String PATTERN = "pattern";
    private static final String PATTERNS = "patternProperties";

    private static final Set<String> SCHEMAS = Set.of(
            "items",
            "additionalItems",
            "contains",
            "additionalProperties",
            "propertyNames",
            "not",
            "if",
            "then",
            "else",
            "unevaluatedItems",
            "unevaluatedProperties",
            "contentSchema");

    private static final Set<String> LISTS = Set.of("allOf", "anyOf", "oneOf", "prefixItems", "items");
    private static final Set<String> MAPS =
            Set.of("properties", PATTERNS, "$defs", "definitions", "dependentSchemas", "dependencies");

    /** Keywords whose values the validator reads as an int. */
    private static final List<String> LIMITS = List.of(
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minContains",
            "maxContains",
            "minProperties",
            "maxProperties");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<JsonNode> VALUES =
            List.of(JSON.objectNode(), JSON.arrayNode(), JSON.textNode(""), JSON.numberNode(0), JSON.booleanNode(true));

    private final List<NodePath> parts = new ArrayList<>();
    private int values;
    private long characters;

    private SchemaTrial() {}

    /** The schema cannot be used; the message names the place. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(NodePath at, String what) {
            super("at '" + at + "': " + what);
        }
    }

    /**
     * Refuses a schema that is too large for closer checks.
     *
     * @return estimate of the memory that it takes once compiled, in bytes
     */
    static long measure(JsonNode schema) throws Refused {
        SchemaTrial trial = new SchemaTrial();
        trial.measure(schema, root(), 0);
        return trial.values * BYTES_A_VALUE + trial.characters;
    }

    /** Collects the parts of a valid schema; refuses invalid patterns. */
    static SchemaTrial of(JsonNode schema) throws Refused {
        SchemaTrial trial = new SchemaTrial();
        trial.collect(schema, root());
        return trial;
    }

    /** Refuses a schema with a part that does not terminate. */
    void run(Schema compiled) throws Refused {
        for (NodePath part : parts) {
            Schema one = part.getNameCount() == 0 ? compiled : compiled.getSubSchema(part);
            for (JsonNode value : VALUES) {
                run(one, value, part);
            }
        }
    }

    private static NodePath root() {
        return new NodePath(PathType.JSON_POINTER);
    }

    private static void run(Schema part, JsonNode value, NodePath at) throws Refused {
        try {
            Evaluation.trial(part, value, MOST_STEPS);
        } catch (TooLong e) {
            throw new Refused(at, e.getMessage() + ": refer to fewer schemas");
        } catch (StackOverflowError e) {
            throw new Refused(at, "refers to itself without end, or is nested too deep");
        }
    }

    private void measure(JsonNode node, NodePath at, int depth) throws Refused {
        values++;
        characters += node.isTextual()
                ? node.textValue().length()
                : node.isBigInteger() || node.isBigDecimal() ? length(node.decimalValue()) : 0;
        if (depth > DEEPEST) {
            throw new Refused(at, "is nested deeper than " + DEEPEST + " levels: flatten the schema");
        }
        if (values > MOST_VALUES || characters > MOST_CHARACTERS) {
            throw new Refused(
                    at,
                    "is beyond the %d values and %d characters that a schema may have: say less, and check more in the tool"
                            .formatted(MOST_VALUES, MOST_CHARACTERS));
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            characters += member.getKey().length();
            measure(member.getValue(), at.append(member.getKey()), depth + 1);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            measure(node.get(i), at.append(i), depth + 1);
        }
    }

    /** The validator ignores an unknown dialect, except at the top. */
    private static void checkDialect(JsonNode named, NodePath at) throws Refused {
        if (named.isTextual() && ParamsSchema.dialect(named.textValue()).isEmpty()) {
            throw new Refused(at.append(DIALECT), "names a dialect that is not known, " + named + ": leave it out");
        }
    }

    /** The validator would truncate a larger value to another number, which would allow nothing, or everything. */
    private static void checkLimits(JsonNode schema, NodePath at) throws Refused {
        for (String keyword : LIMITS) {
            JsonNode limit = schema.path(keyword);
            if (limit.isNumber() && !limit.canConvertToInt()) {
                throw new Refused(at.append(keyword), "is beyond " + Integer.MAX_VALUE + ": say less, or leave it out");
            }
        }
    }

    private static void checkPattern(String pattern, NodePath at) throws Refused {
        try {
            var unused = new SchemaPattern(pattern);
        } catch (IllegalArgumentException e) {
            throw new Refused(at, e.getMessage());
        }
    }

    /** The length of the number when written out. */
    private static long length(BigDecimal number) {
        return number.precision() + Storable.zeros(number);
    }

    private void collect(JsonNode schema, NodePath at) throws Refused {
        if (parts.size() >= MOST_PARTS || !schema.isObject()) {
            return;
        }
        parts.add(at);
        checkDialect(schema.path(DIALECT), at);
        checkLimits(schema, at);
        if (schema.path(PATTERN).isTextual()) {
            checkPattern(schema.get(PATTERN).textValue(), at.append(PATTERN));
        }
        for (Map.Entry<String, JsonNode> one : schema.path(PATTERNS).properties()) {
            checkPattern(one.getKey(), at.append(PATTERNS).append(one.getKey()));
        }
        for (Map.Entry<String, JsonNode> member : schema.properties()) {
            String keyword = member.getKey();
            NodePath below = at.append(keyword);
            if (SCHEMAS.contains(keyword)) {
                collect(member.getValue(), below);
            }
            if (LISTS.contains(keyword)) {
                for (int i = 0;
                        i < member.getValue().size() && member.getValue().isArray();
                        i++) {
                    collect(member.getValue().get(i), below.append(i));
                }
            }
            if (MAPS.contains(keyword)) {
                for (Map.Entry<String, JsonNode> one : member.getValue().properties()) {
                    collect(one.getValue(), below.append(one.getKey()));
                }
            }
        }
    }
}
