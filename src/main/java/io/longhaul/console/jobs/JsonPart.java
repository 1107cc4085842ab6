package io.longhaul.console.jobs;

import io.longhaul.console.JsonText;
import io.longhaul.console.Words;

/**
 * Params or a result, as the page shows them.
 *
 * @param text the beginning, indented, with every digit as it is stored
 * @param size of the whole, in words
 * @param cut whether the page shows only the beginning
 */
public record JsonPart(String text, String size, boolean cut) {
    /** As much as somebody reads, and little enough for any browser. */
    private static final int SHOWN = 64 * 1024;

    /** Null for null. */
    static JsonPart of(String json) {
        return json == null
                ? null
                : new JsonPart(JsonText.indented(json, SHOWN), Words.bytes(json.length()), json.length() > SHOWN);
    }
}
