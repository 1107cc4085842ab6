package io.longhaul.tools.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.tools.params.ParamsJson;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Strikes secrets out of texts: in plain form, in base64 and hexadecimal form, with any of their characters escaped as
 * in JSON or URLs, and the beginning of one where a text was cut.
 */
public final class Scrubber {
    private static final String STRUCK_OUT = "***";

    /** Lines of a multi-line secret are struck out one by one, because logs hold a line at a time. */
    private static final int SHORTEST_LINE = 8;

    /** Null without secrets. */
    private final SecretForms forms;

    public Scrubber(Collection<String> secrets) {
        Set<String> parts = new LinkedHashSet<>(secrets);
        for (String secret : secrets) {
            secret.lines()
                    .filter(line -> line.strip().length() >= SHORTEST_LINE)
                    .forEach(parts::add);
        }
        parts.remove("");
        forms = parts.isEmpty() ? null : new SecretForms(parts);
    }

    /**
     * Returns the text with {@code ***} for each secret, and for those that overlap.
     *
     * @param text any text, or null
     */
    public String text(String text) {
        if (text == null || forms == null) {
            return text;
        }
        EscapedText read = new EscapedText(text);
        boolean cut = text.contains(SecretForm.CUT);
        StringBuilder clean = new StringBuilder();
        int struck = 0;
        for (int at = 0; at < text.length(); at++) {
            int end = forms.end(read, at, cut);
            if (end > at && at >= struck) {
                clean.append(text, struck, at).append(STRUCK_OUT);
            }
            struck = Math.max(struck, end);
        }
        return struck == 0 ? text : clean.append(text, struck, text.length()).toString();
    }

    /** Returns JSON with {@code ***} for each secret in its strings and names; the same text if there is none. */
    public String json(String json) {
        // Escapes can hide a secret in the text; searching the text is enough only without escapes.
        if (forms == null || (json.indexOf('\\') < 0 && text(json).equals(json))) {
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
