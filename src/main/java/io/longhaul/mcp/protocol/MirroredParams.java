package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Params that the server wants in headers as well ({@code x-mcp-header}, revision 2026-07-28).
 *
 * @param headers names of headers by the paths of their params
 */
public record MirroredParams(Map<List<String>, String> headers) {
    /** Of a tool that wants none. */
    public static final MirroredParams NONE = new MirroredParams(Map.of());

    private static final String KEYWORD = "x-mcp-header";
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,40}(\\.[0-9]{1,40})?");
    private static final Set<String> TYPES = Set.of("string", "integer", "boolean");

    /**
     * Reads a schema for a server.
     *
     * @param schema of the params of a tool
     * @return what it wants in headers; nothing if clients would refuse its annotations
     */
    public static MirroredParams orNone(JsonNode schema) {
        try {
            MirroredParams found = of(schema);
            return found.headers().size() == annotations(schema) ? found : NONE;
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    private static int annotations(JsonNode schema) {
        int count = schema.path(KEYWORD).isTextual() ? 1 : 0;
        for (JsonNode part : schema) {
            count += annotations(part);
        }
        return count;
    }

    /**
     * Reads a schema.
     *
     * @param schema of the params of a tool
     * @return the params that belong in headers
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

    /**
     * The first header of a call that does not say what its param says.
     *
     * @param params of the call
     * @param sent gives a header as it was sent, or null
     * @return the name of the header; null if all are right
     */
    public String mismatch(JsonNode params, UnaryOperator<String> sent) {
        Map<String, String> wanted = in(params);
        for (String header : headers.values()) {
            String value = sent.apply(header);
            boolean isRight =
                    value == null ? !wanted.containsKey(header) : isSame(wanted.get(header), HeaderValue.decode(value));
            if (!isRight) {
                return header;
            }
        }
        return null;
    }

    private static boolean isSame(String wanted, String said) {
        if (wanted == null || said == null || wanted.equals(said)) {
            return wanted != null && said != null;
        }
        return NUMBER.matcher(wanted).matches()
                && NUMBER.matcher(said).matches()
                && new BigDecimal(wanted).compareTo(new BigDecimal(said)) == 0;
    }
}
