package io.longhaul.console.jobs;

import io.longhaul.console.JsonText;
import io.longhaul.console.Words;

/**
 * Params or a result, as the page shows them.
 *
 * @param text the beginning, indented, with every digit as it is stored; null if it is so large that it was not read
 * @param size of the whole, in words
 * @param cut whether the page shows only the beginning
 */
public record JsonPart(String text, String size, boolean cut) {
    /** As much as somebody reads, and little enough for any browser. */
    private static final int SHOWN = 64 * 1024;

    /**
     * A text, or what stands for one that was not read.
     *
     * @param stored bytes that it takes where it is stored; 0 if there is none
     */
    static JsonPart of(String json, int stored) {
        if (json == null) {
            return stored == 0 ? null : new JsonPart(null, Words.bytes(stored) + " where it is stored", true);
        }
        boolean cut = isCut(json);
        return new JsonPart(JsonText.indented(json, SHOWN), cut ? "more than 64 KiB" : Words.bytes(json.length()), cut);
    }

    /** True if a page shows only the beginning. Then no more than the beginning was read. */
    static boolean isCut(String json) {
        return json.length() > SHOWN;
    }
}
