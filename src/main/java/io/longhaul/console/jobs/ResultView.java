package io.longhaul.console.jobs;

import java.util.List;

/**
 * A result beside its JSON.
 *
 * @param table the result as a table; null if it is no list of flat objects
 * @param images images that it holds
 */
public record ResultView(ResultTable table, List<Image> images) {
    /**
     * An image.
     *
     * @param name of the member that holds it; empty if it is the whole result
     * @param uri its address, or a data URI
     */
    public record Image(String name, String uri) {}

    /**
     * What is shown of a result.
     *
     * @param json it, or its beginning; null if there is none, or if it was not read
     * @param images what it holds of them
     */
    static ResultView of(String json, List<Image> images) {
        return new ResultView(json == null ? null : ResultTable.of(json, JsonPart.isCut(json)), images);
    }
}
