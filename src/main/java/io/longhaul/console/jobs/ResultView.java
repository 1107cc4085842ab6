package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.console.forms.SchemaForm;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A result beside its JSON.
 *
 * @param table the result as a table; null if it is no list of flat objects
 * @param images images that it holds as data URIs
 */
public record ResultView(ResultTable table, List<Image> images) {
    private static final int MOST_IMAGES = 10;

    /** Kinds that cannot hold a script. */
    private static final Pattern IMAGE = Pattern.compile("data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}");

    /**
     * An image.
     *
     * @param name of the member that holds it; empty if it is the whole result
     * @param uri the data URI
     */
    public record Image(String name, String uri) {}

    static ResultView of(String json) {
        if (json == null) {
            return new ResultView(null, List.of());
        }
        boolean cut = JsonPart.isCut(json);
        return new ResultView(
                ResultTable.of(json, cut), cut || !json.contains("data:image/") ? List.of() : images(json));
    }

    private static List<Image> images(String json) {
        JsonNode result = SchemaForm.parsed(json);
        List<Image> images = new ArrayList<>();
        if (result.isTextual()) {
            add("", result, images);
        }
        result.properties().forEach(member -> add(member.getKey(), member.getValue(), images));
        return images;
    }

    private static void add(String name, JsonNode value, List<Image> images) {
        if (images.size() < MOST_IMAGES
                && value.isTextual()
                && IMAGE.matcher(value.asText()).matches()) {
            images.add(new Image(name, value.asText()));
        }
    }
}
