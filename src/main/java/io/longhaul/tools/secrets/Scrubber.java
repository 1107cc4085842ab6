package io.longhaul.tools.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.tools.ParamsJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Strikes secrets out of texts, in the forms in which they travel. */
public final class Scrubber {
    private static final String STRUCK_OUT = "***";

    private final List<String> hidden;

    /**
     * For these texts.
     *
     * @param secrets what must not be seen
     */
    public Scrubber(Collection<String> secrets) {
        Set<String> forms = new LinkedHashSet<>();
        for (String secret : secrets) {
            forms.add(secret);
            forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
            forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20"));
            String quoted = TextNode.valueOf(secret).toString();
            forms.add(quoted.substring(1, quoted.length() - 1));
        }
        // One secret may be part of another one.
        hidden = forms.stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
    }

    /**
     * A text without secrets.
     *
     * @param text any text, or null
     * @return the text with {@code ***} for each secret
     */
    public String text(String text) {
        String clean = text;
        for (String secret : hidden) {
            clean = clean == null ? null : clean.replace(secret, STRUCK_OUT);
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
