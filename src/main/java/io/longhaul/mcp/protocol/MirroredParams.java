package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Params that the server wants in headers as well ({@code x-mcp-header}, revision 2026-07-28).
 *
 * @param headers names of headers by the paths of their params
 */
public record MirroredParams(Map<List<String>, String> headers) {
    private static final String KEYWORD = "x-mcp-header";
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Set<String> TYPES = Set.of("string", "integer", "boolean");

    /**
     * Reads a schema.
     *
     * @param schema of the params of a tool
     * @return what it wants in headers
     * @throws IllegalArgumentException if an annotation is invalid; such a tool must not be used
     */
    public static MirroredParams of(JsonNode schema) {
        Map<List<String>, String> headers = new LinkedHashMap<>();
        collect(schema, List.of(), headers);
        Set<String> names = new HashSet<>();
        for (String name : headers.values()) {
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("two params go into the header " + name);
            }
        }
        return new MirroredParams(headers);
    }

    private static void collect(JsonNode schema, List<String> path, Map<List<String>, String> headers) {
        schema.path("properties").properties().forEach(property -> {
            List<String> here = new ArrayList<>(path);
            here.add(property.getKey());
            JsonNode name = property.getValue().path(KEYWORD);
            if (!name.isMissingNode()) {
                headers.put(here, checked(name, property.getValue()));
            }
            collect(property.getValue(), here, headers);
        });
    }

    private static String checked(JsonNode name, JsonNode property) {
        boolean valid = name.isTextual()
                && TOKEN.matcher(name.textValue()).matches()
                && TYPES.contains(property.path("type").asText());
        if (!valid) {
            throw new IllegalArgumentException(KEYWORD + " is " + name + " in its schema");
        }
        return "Mcp-Param-" + name.textValue();
    }

    /**
     * The headers of one call.
     *
     * @param params of the call
     * @return texts by the names of headers
     */
    public Map<String, String> in(JsonNode params) {
        Map<String, String> filled = new LinkedHashMap<>();
        headers.forEach((path, header) -> {
            JsonNode value = params;
            for (String segment : path) {
                value = value.path(segment);
            }
            if (!value.isMissingNode() && !value.isNull()) {
                filled.put(header, value.isTextual() ? value.textValue() : value.toString());
            }
        });
        return filled;
    }
}
