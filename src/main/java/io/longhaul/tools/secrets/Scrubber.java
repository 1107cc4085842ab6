package io.longhaul.tools.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.tools.params.ParamsJson;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Strikes secrets out of texts: in plain form, in base64 and hexadecimal form, with any of their characters escaped as
 * in JSON or URLs, and the beginning of one where a text was cut.
 */
public final class Scrubber {
    private static final String STRUCK_OUT = "***";

    /** Marks a place where a line or a text was cut. */
    private static final String CUT = "...";

    /** Shorter parts of a secret would match too much. */
    private static final int SHORTEST_PART = 4;

    /** Lines of a multi-line secret are struck out one by one, because logs hold a line at a time. */
    private static final int SHORTEST_LINE = 8;

    private final List<String> hidden;
    private final List<Pattern> escaped;

    public Scrubber(Collection<String> secrets) {
        Set<String> parts = new LinkedHashSet<>(secrets);
        for (String secret : secrets) {
            secret.lines()
                    .filter(line -> line.strip().length() >= SHORTEST_LINE)
                    .forEach(parts::add);
        }
        // One secret may be part of another one.
        hidden = parts.stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        escaped = hidden.stream().map(EscapedForms::of).toList();
    }

    /**
     * Returns the text with {@code ***} for each secret.
     *
     * @param text any text, or null
     */
    public String text(String text) {
        if (text == null || hidden.isEmpty()) {
            return text;
        }
        String clean = text;
        for (String secret : hidden) {
            clean = clean.replace(secret, STRUCK_OUT);
        }
        for (Pattern forms : escaped) {
            clean = forms.matcher(clean).replaceAll(STRUCK_OUT);
        }
        return clean.contains(CUT) ? withoutParts(clean) : clean;
    }

    private String withoutParts(String text) {
        String clean = text;
        for (String secret : hidden) {
            for (int length = secret.length() - 1; length >= SHORTEST_PART; length--) {
                clean = clean.replace(secret.substring(0, length) + CUT, STRUCK_OUT + CUT);
            }
        }
        return clean;
    }

    /** Returns JSON with {@code ***} for each secret in its strings and names; the same text if there is none. */
    public String json(String json) {
        // Escapes can hide a secret in the text; searching the text is enough only without escapes.
        if (hidden.isEmpty() || (json.indexOf('\\') < 0 && text(json).equals(json))) {
            return json;
        }
        try {
            JsonNode tree = ParamsJson.parse(json);
            JsonNode clean = clean(tree);
            return clean.equals(tree) ? json : clean.toString();
        } catch (RuntimeException e) {
            return text(json);
        }
    }

    private JsonNode clean(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode clean = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(field -> clean.set(text(field.getKey()), clean(field.getValue())));
            return clean;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode clean = JsonNodeFactory.instance.arrayNode(array.size());
            array.forEach(element -> clean.add(clean(element)));
            return clean;
        }
        String text = node.asText();
        String clean = text(text);
        return clean.equals(text) ? node : TextNode.valueOf(clean);
    }
}
