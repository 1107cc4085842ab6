package io.longhaul.tools.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.Checkpoints;
import io.longhaul.tools.settings.ParamPath;
import io.longhaul.tools.spi.ToolCall;
import java.util.List;
import java.util.Optional;

/**
 * What later requests of a call name of the first answer, kept so that the attempt after a lost one asks on instead of
 * sending the first request again.
 *
 * @param checkpoint of the call
 * @param keeper of its tool
 */
record KeptAnswer(Checkpoints.Checkpoint checkpoint, Keeper keeper) {
    private static final String ORIGIN = "origin";
    private static final String VALUES = "values";

    /**
     * Opens those of a tool.
     *
     * @param checkpoints where they are kept
     * @param origin the same as long as the URLs are configured the same
     * @param named what later requests name of the first answer, and nothing else
     */
    record Keeper(Checkpoints checkpoints, String origin, List<ParamPath> named) {
        /** For tools that do not ask on. */
        static final Keeper NONE = new Keeper(Checkpoints.NONE, "", List.of());

        KeptAnswer open(ToolCall call, String tool) {
            return new KeptAnswer(checkpoints.open(call.jobId(), call.attempt(), tool), this);
        }
    }

    /** What a lost attempt had been answered: values by the names that placeholders begin with. */
    Optional<JsonNode> left() {
        return checkpoint
                .left()
                .filter(data -> data.path(ORIGIN).asText().equals(keeper.origin()))
                .map(data -> data.path(VALUES));
    }

    void keep(PlaceholderValues values) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put(ORIGIN, keeper.origin());
        ObjectNode kept = data.putObject(VALUES);
        keeper.named().forEach(path -> copy(path, values.tree(), kept));
        checkpoint.keep(data);
    }

    private static void copy(ParamPath path, JsonNode from, ObjectNode to) {
        JsonNode value = path.in(from);
        if (value.isMissingNode()) {
            return;
        }
        ObjectNode place = to;
        List<String> segments = path.segments();
        for (String segment : segments.subList(0, segments.size() - 1)) {
            place = place.get(segment) instanceof ObjectNode inner ? inner : place.putObject(segment);
        }
        place.set(segments.get(segments.size() - 1), value.deepCopy());
    }

    void end() {
        checkpoint.end();
    }

    /** Ends early. Whether the server may be told to stop: its work is no other attempt's, and will not be. */
    boolean stop(ToolCall call) {
        return !(call.isGivenBack() && checkpoint.handOver()) && checkpoint.end();
    }
}
