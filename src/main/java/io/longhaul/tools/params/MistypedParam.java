package io.longhaul.tools.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The param that was probably meant by a name that the schema does not have. */
final class MistypedParam {
    private static final String PROPERTIES = "properties";

    /** Names that are compared with a missing one; each takes a microsecond, and the params may have a hundred thousand. */
    private static final int MOST_GIVEN = 1_000;

    private MistypedParam() {}

    /** A question to add to an error; empty if no name is near. */
    static String hint(Error error, JsonNode root) {
        String keyword = error.getKeyword();
        if (error.getProperty() == null) {
            return "";
        }
        List<String> known = known(error, root);
        return switch (keyword == null ? "" : keyword) {
            case "additionalProperties", "unevaluatedProperties" ->
                NearestName.of(error.getProperty(), known)
                        .map(meant -> " (did you mean '" + meant + "'?)")
                        .orElse("");
            case "required" ->
                instead(error, known)
                        .map(given -> " (did you mean it by '" + given + "'?)")
                        .orElse("");
            default -> "";
        };
    }

    /** Names beside the keyword; none if it was reached through a reference to another document. */
    private static List<String> known(Error error, JsonNode root) {
        String at = error.getSchemaLocation().getFragment().toString();
        String parent = at.contains("/") ? at.substring(0, at.lastIndexOf('/')) : "";
        List<String> names = new ArrayList<>();
        if (parent.isEmpty() || parent.startsWith("/")) {
            root.at(parent).path(PROPERTIES).fieldNames().forEachRemaining(names::add);
        }
        return names;
    }

    private static Optional<String> instead(Error error, List<String> known) {
        List<String> given = new ArrayList<>();
        Iterator<String> names = error.getInstanceNode() == null
                ? Collections.emptyIterator()
                : error.getInstanceNode().fieldNames();
        while (names.hasNext() && given.size() < MOST_GIVEN) {
            given.add(names.next());
        }
        given.removeAll(known);
        return NearestName.of(error.getProperty(), given);
    }
}
