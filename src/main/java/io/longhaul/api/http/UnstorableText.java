package io.longhaul.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.params.WalkedPointer;
import java.util.List;
import java.util.Map;

/**
 * Refuses bodies with text that PostgreSQL cannot store. If it were changed silently, clients could not find it again under
 * the name they sent.
 */
final class UnstorableText {
    private static final String WHAT = "holds a NUL character or half a surrogate pair: ";

    private final WalkedPointer at = new WalkedPointer();

    private UnstorableText() {}

    /** What a value is, which tells where params are. */
    private enum Kind {
        BODY,
        JOBS,
        JOB,
        /** They are checked together with the tool's schema, which has an error code of its own. */
        PARAMS,
        OTHER;

        Kind ofMember(String name) {
            if ((this == BODY || this == JOB) && name.equals("params")) {
                return PARAMS;
            }
            return this == BODY && name.equals("jobs") ? JOBS : OTHER;
        }

        Kind ofElement() {
            return this == JOBS ? JOB : OTHER;
        }
    }

    /** Recursion is bounded, because the nesting of bodies is limited. */
    static void refuseIn(ObjectNode body) {
        new UnstorableText().look(body, Kind.BODY);
    }

    private void look(JsonNode node, Kind kind) {
        if (kind == Kind.PARAMS) {
            return;
        }
        if (node.isTextual() && !isStorable(node.textValue())) {
            throw refused(WHAT + "remove it");
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!isStorable(member.getKey())) {
                throw refused("has a name that " + WHAT + "rename it");
            }
            int from = at.down(member.getKey());
            look(member.getValue(), kind.ofMember(member.getKey()));
            at.back(from);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            int from = at.down(i);
            look(node.get(i), kind.ofElement());
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
