package io.longhaul.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.tools.params.Storable;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Looks for text in a request that PostgreSQL could not keep. Stored as something else it would not be found again under
 * the name it was sent with, so the sender hears of it.
 */
final class BodyText {
    /** The params of jobs are looked through with their tool's schema, under an error code of their own. */
    private static final Pattern OF_TOOLS = Pattern.compile("(/jobs/\\d+)?/params");

    private static final String WHAT = "holds a NUL character or half a surrogate pair: ";

    private BodyText() {}

    /** Refuses the body if there is any; recursion is bounded by the nesting the reader allows. */
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
