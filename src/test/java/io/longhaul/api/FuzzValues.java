package io.longhaul.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.api.description.Examples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Draws JSON text that matches a schema or does not. Text instead of trees, because much of it is not JSON. */
final class FuzzValues {
    /** Values that have broken programs before. */
    private static final List<String> NASTY = List.of(
            "null",
            "true",
            "0",
            "-0",
            "-1",
            "1.5",
            "1e400",
            "-1e400",
            "1e-400",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "9".repeat(400),
            "0." + "3".repeat(400),
            "1e99999",
            "1E-99999",
            "1e999999999",
            "1e2147483648",
            "\"\"",
            "\" \"",
            "\"\\u0000\"",
            "\"a\\u0000b\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"\\ud83d\\ude00\"",
            "\"\\u202e\\ufeff\\uffff\"",
            "\"\\\\\"",
            "\"%s%n%d${jndi:x}#{1}\"",
            "\"'; drop table jobs; --\"",
            "\"../../../../etc/passwd\"",
            "\"<script>alert(1)</script>\"",
            "\"\u00e9\u4e2d\ud83d\ude00\"",
            "\"-infinity\"",
            "\"epoch\"",
            "\"0000-00-00T00:00:00Z\"",
            "\"9999-12-31T23:59:59Z\"",
            "\"+999999999-12-31T23:59:59Z\"",
            "\"00000000-0000-0000-0000-000000000000\"",
            "[]",
            "{}",
            "[null]",
            "{\"\": {}}",
            "{\"a\": 1, \"a\": 2}",
            "NaN",
            "Infinity",
            "'x'",
            "nope",
            "\"open",
            "[1,",
            "");

    private static final List<String> DURATIONS = List.of("1s", "250ms", "5 m", "2h", "1d");

    private final JsonNode document;
    private final Random random;
    private final Map<String, List<String>> known;
    private final double wrong;

    /**
     * @param known values of the server by the names of members, such as ids
     * @param wrong the share of values that do not fit, at each place
     */
    FuzzValues(JsonNode document, Random random, Map<String, List<String>> known, double wrong) {
        this.document = document;
        this.random = random;
        this.known = known;
        this.wrong = wrong;
    }

    /** Draws a value for a member of this name. */
    String of(JsonNode schema, String name) {
        return random.nextDouble() < wrong ? nasty() : fitting(resolved(schema), name);
    }

    private JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? document.at(schema.get("$ref").asText().substring(1)) : schema;
    }

    private String fitting(JsonNode schema, String name) {
        if (schema.has("anyOf")) {
            return of(schema.get("anyOf").get(random.nextInt(schema.get("anyOf").size())), name);
        }
        if (schema.has("enum")) {
            return oneOf(schema.get("enum"));
        }
        JsonNode type = schema.path("type");
        String one = type.isArray() ? type.get(random.nextInt(type.size())).asText() : type.asText("any");
        return switch (one) {
            case "null" -> "null";
            case "boolean" -> String.valueOf(random.nextBoolean());
            case "integer" -> integer(schema, name);
            case "number" -> number(schema);
            case "array" -> array(schema, name);
            case "object" -> object(schema);
            case "string" -> string(schema, name);
            default -> any(3);
        };
    }

    private String oneOf(JsonNode values) {
        return values.get(random.nextInt(values.size())).toString();
    }

    private String integer(JsonNode schema, String name) {
        // Waiting requests must not delay the others.
        if (name.equals("wait")) {
            return random.nextInt(200) == 0 ? "1" : "0";
        }
        long least = schema.path("minimum").asLong(0);
        long most = Math.min(schema.path("maximum").asLong(Long.MAX_VALUE), name.equals("ttl_hours") ? 168 : 1 << 30);
        return String.valueOf(
                switch (random.nextInt(4)) {
                    case 0 -> least;
                    case 1 -> most;
                    default -> least + (long) (random.nextDouble() * Math.min(most - least, 50));
                });
    }

    private String number(JsonNode schema) {
        double least = schema.path("minimum").asDouble(0);
        double most = schema.path("maximum").asDouble(100);
        return random.nextInt(4) == 0
                ? String.valueOf(most)
                : String.valueOf(least + random.nextDouble() * (most - least));
    }

    private String array(JsonNode schema, String name) {
        List<String> items = new ArrayList<>();
        int size = schema.path("minItems").asInt(0) + random.nextInt(3);
        for (int i = 0; i < size; i++) {
            items.add(of(schema.path("items"), name));
        }
        return "[" + String.join(", ", items) + "]";
    }

    private String object(JsonNode schema) {
        List<String> members = new ArrayList<>();
        String required = schema.path("required").toString();
        for (Map.Entry<String, JsonNode> member : schema.path("properties").properties()) {
            boolean needed = required.contains('"' + member.getKey() + '"');
            if (random.nextDouble() < (needed ? 1 - wrong / 2 : 0.25)) {
                members.add(member(member.getKey(), of(member.getValue(), member.getKey())));
            }
        }
        if (random.nextDouble() < wrong) {
            members.add(member("unknown", nasty()));
        }
        if (!members.isEmpty() && random.nextDouble() < wrong / 2) {
            members.add(members.get(random.nextInt(members.size())));
        }
        return "{" + String.join(", ", members) + "}";
    }

    private static String member(String name, String value) {
        return '"' + name + "\": " + value;
    }

    private String string(JsonNode schema, String name) {
        List<String> ours = known.getOrDefault(name, List.of());
        if (!ours.isEmpty() && random.nextInt(8) > 0) {
            return quoted(ours.get(random.nextInt(ours.size())));
        }
        String format = schema.path("format").asText();
        if (schema.has("pattern")) {
            return quoted(DURATIONS.get(random.nextInt(DURATIONS.size())));
        }
        if (format.equals("uuid")) {
            return quoted(new java.util.UUID(random.nextLong(), random.nextLong()).toString());
        }
        if (format.equals("date-time")) {
            return quoted("20%02d-0%d-1%dT12:00:00%s"
                    .formatted(random.nextInt(60), 1 + random.nextInt(9), random.nextInt(10), zone()));
        }
        JsonNode example = Examples.member(name);
        if (example.isTextual() && random.nextInt(4) > 0) {
            return example.toString();
        }
        int most = Math.min(schema.path("maxLength").asInt(40), 300);
        int length = Math.max(schema.path("minLength").asInt(0), random.nextInt(3) == 0 ? most : random.nextInt(12));
        return quoted("x".repeat(length));
    }

    private String zone() {
        return List.of("Z", "+00:00", "-11:30", "+14:00").get(random.nextInt(4));
    }

    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    /** Draws any JSON, with numbers that do not fit in a double. */
    private String any(int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 6)) {
            case 0 -> "null";
            case 1 -> "12345678901234567890.12345678901234567890";
            case 2 -> "\"text\"";
            case 3 -> "1e400";
            case 4 -> "9".repeat(400);
            case 5 -> "false";
            case 6 -> "[" + any(depth - 1) + ", " + any(depth - 1) + "]";
            default -> "{\"text\": " + any(depth - 1) + ", \"n\": " + any(depth - 1) + "}";
        };
    }

    /** Draws a value that rarely matches. */
    String nasty() {
        return switch (random.nextInt(100)) {
            case 0 -> "[".repeat(300) + "]".repeat(300);
            case 1 -> "{\"a\":".repeat(400) + "1" + "}".repeat(400);
            case 2 -> "[".repeat(10_000);
            case 3 -> "7".repeat(140_000);
            case 4 -> "8".repeat(200_000);
            case 5 -> quoted("y".repeat(20_000));
            case 6 -> quoted("\u0001".repeat(500));
            case 7 -> "[" + "0, ".repeat(20_000) + "0]";
            default -> NASTY.get(random.nextInt(NASTY.size()));
        };
    }
}
