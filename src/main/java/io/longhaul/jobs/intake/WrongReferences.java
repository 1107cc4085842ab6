package io.longhaul.jobs.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.jobs.intake.SubmissionRejected.Field;
import io.longhaul.json.WalkedPointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Finds the references of a submission that are malformed, or name a job that it does not wait for. */
final class WrongReferences {
    /** More would only make the answer long. */
    private static final int MOST = 100;

    /** Characters of all pointers together: the names in the params may be as long as these. */
    private static final int MOST_CHARS = 64 * 1024;

    private final List<UUID> after;
    private final WalkedPointer at = new WalkedPointer();
    private final List<Field> wrong = new ArrayList<>();
    private int chars;

    private WrongReferences(List<UUID> after) {
        this.after = after;
    }

    /** The first hundred, or fewer if their pointers are long. */
    static List<Field> in(JsonNode params, List<UUID> after) {
        WrongReferences search = new WrongReferences(after);
        search.at.down("params");
        search.look(params);
        return search.wrong;
    }

    private void look(JsonNode node) {
        if (References.isReference(node)) {
            check(node);
            return;
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            lookBelow(at.down(member.getKey()), member.getValue());
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            lookBelow(at.down(i), node.get(i));
        }
    }

    private void lookBelow(int above, JsonNode node) {
        if (node.isContainerNode() && wrong.size() < MOST && chars < MOST_CHARS) {
            look(node);
        }
        at.back(above);
    }

    private void check(JsonNode reference) {
        String error = References.error(reference);
        if (error == null && !after.contains(References.job(reference))) {
            add(new Field(at + "/" + References.RESULT, "must be one of the jobs that after names"));
        } else if (error != null && !after.isEmpty()) {
            // Jobs without predecessors may use the name, as long as it cannot be meant as a reference.
            add(new Field(at.toString(), error));
        }
    }

    private void add(Field field) {
        wrong.add(field);
        chars += field.pointer().length();
    }
}
