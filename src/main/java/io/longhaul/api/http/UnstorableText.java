package io.longhaul.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.json.WalkedPointer;
import io.longhaul.tools.params.Storable;
import java.util.List;
import java.util.Map;

/**
 * Refuses bodies with text that PostgreSQL cannot store. If it were changed silently, clients could not find it again under
 * the name they sent.
 */
final class UnstorableText {
    /** They are checked together with the tool's schema, which has an error code of its own. */
    private static final String PARAMS = "params";

    private static final String WHAT = "holds a NUL character or half a surrogate pair: ";

    private final WalkedPointer at = new WalkedPointer();

    private UnstorableText() {}

    /** Recursion is bounded, because the nesting of bodies is limited. */
    static void refuseIn(ObjectNode body) {
        new UnstorableText().look(body, true);
    }

    /** For an element of a body's list. */
    static void refuseIn(JsonNode element, String list, int index) {
        UnstorableText search = new UnstorableText();
        search.at.down(list);
        search.at.down(index);
        search.look(element, true);
    }

    private void look(JsonNode node, boolean mayHaveParams) {
        if (node.isTextual() && !isStorable(node.textValue())) {
            throw refused(WHAT + "remove it");
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!isStorable(member.getKey())) {
                throw refused("has a name that " + WHAT + "rename it");
            }
            if (!mayHaveParams || !member.getKey().equals(PARAMS)) {
                int from = at.down(member.getKey());
                look(member.getValue(), false);
                at.back(from);
            }
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            int from = at.down(i);
            look(node.get(i), false);
            at.back(from);
        }
    }

    private static boolean isStorable(String text) {
        return Storable.text(text).equals(text);
    }

    private RefusedException refused(String what) {
        String pointer = at.toString();
        String where = pointer.isEmpty() ? "The body" : pointer.substring(1);
        return new RefusedException(
                ErrorCode.INVALID_REQUEST, where + " " + what + ".", null, List.of(new FieldError(pointer, what)));
    }
}
