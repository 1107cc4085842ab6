package io.longhaul.tools.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.spi.ToolCall;
import java.util.Set;

/**
 * The values of placeholders in one call.
 *
 * @param paramsJson the params as they were submitted
 * @param tree the params, with values that became known during the call
 */
record PlaceholderValues(String paramsJson, JsonNode tree) {
    /** The first answer's JSON. */
    static final String ANSWER = "answer";

    /** The first answer's headers, their names in lower case. */
    static final String HEADERS = "headers";

    /** The address to call back, <code>{callback.url}</code>. */
    static final String CALLBACK = "callback";

    /** Known from the first answer on. */
    static final Set<String> ANSWERED = Set.of(ANSWER, HEADERS);

    /** Names that are not params. */
    static final Set<String> OURS = Set.of(ANSWER, HEADERS, CALLBACK);

    static PlaceholderValues of(ToolCall call) {
        return new PlaceholderValues(call.paramsJson(), call.params());
    }

    /** The same values and one more, which hides a param of that name. */
    PlaceholderValues with(String name, JsonNode value) {
        ObjectNode more = JsonNodeFactory.instance.objectNode();
        if (tree.isObject()) {
            tree.properties().forEach(field -> more.set(field.getKey(), field.getValue()));
        }
        more.set(name, value);
        return new PlaceholderValues(paramsJson, more);
    }
}
