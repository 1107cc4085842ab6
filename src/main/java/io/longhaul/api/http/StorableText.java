package io.longhaul.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.tools.params.Storable;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Refuses text in a body that PostgreSQL cannot store. If it were changed silently, clients could not find it again under the
 * name they sent.
 */
final class StorableText {
    /** Params are checked together with the tool's schema, which has an error code of its own. */
    private static final Pattern OF_TOOLS = Pattern.compile("(/jobs/\\d+)?/params");

    private static final String WHAT = "holds a NUL character or half a surrogate pair: ";

    private StorableText() {}

    /** Recursion is bounded, because the reader limits the nesting. */
    static void check(JsonNode body) {
        look(body, "");
    }

    private static void look(JsonNode node, String at) {
        if (node.isTextual() && !isStorable(node.textValue())) {
            throw refused(at, WHAT + "remove it");
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!isStorable(member.getKey())) {
                throw refused(at, "has a name that " + WHAT + "rename it");
            }
            lookBelow(member.getValue(), at, member.getKey());
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            lookBelow(node.get(i), at, Integer.toString(i));
        }
    }

    private static void lookBelow(JsonNode node, String at, String name) {
        if (node.isTextual() || node.isContainerNode()) {
            String below = at + "/" + name.replace("~", "~0").replace("/", "~1");
            if (!OF_TOOLS.matcher(below).matches()) {
                look(node, below);
            }
        }
    }

    private static boolean isStorable(String text) {
        return Storable.text(text).equals(text);
    }

    private static RefusedException refused(String at, String what) {
        String where = at.isEmpty() ? "The body" : at.substring(1);
        return new RefusedException(
                ErrorCode.INVALID_REQUEST, where + " " + what + ".", null, List.of(new FieldError(at, what)));
    }
}
