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
 * Strikes secrets out of texts, in the forms in which they travel: as they are, in base64 and in hexadecimal digits, with any of their
 * characters escaped as in JSON or in URLs, and what is left of one at the end of a text that was cut.
 */
public final class Scrubber {
    private static final String STRUCK_OUT = "***";

    /** Where a line or a text was cut. */
    private static final String CUT = "...";

    /** Shorter parts of a secret could be anything. */
    private static final int SHORTEST_PART = 4;

    /** A line of a secret that has several is struck out by itself: logs have a line at a time. */
    private static final int SHORTEST_LINE = 8;

    private final List<String> hidden;
    private final List<Pattern> escaped;

    /**
     * For these texts.
     *
     * @param secrets what must not be seen
     */
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
     * A text without secrets.
     *
     * @param text any text, or null
     * @return the text with {@code ***} for each secret
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

    /**
     * JSON without secrets; still JSON if it was.
     *
     * @param json JSON text
     * @return the same text if it holds none, otherwise the value with {@code ***} for each in its strings and names
     */
    public String json(String json) {
        // Escapes could hide a secret from a look at the text: only where there are none is that look enough.
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
