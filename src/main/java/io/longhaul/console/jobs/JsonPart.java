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
        if (json == null) {
            return null;
        }
        boolean cut = isCut(json);
        return new JsonPart(JsonText.indented(json, SHOWN), cut ? "more than 64 KiB" : Words.bytes(json.length()), cut);
    }

    /** True if a page shows only the beginning. Then no more than the beginning was read. */
    static boolean isCut(String json) {
        return json.length() > SHOWN;
    }
}
