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
 * The parts of a call's first answer that its later requests name, kept so that the attempt after a lost one continues
 * to poll instead of sending the first request again.
 */
record KeptAnswer(Checkpoints.Checkpoint checkpoint, Keeper keeper) {
    private static final String ORIGIN = "origin";
    private static final String VALUES = "values";

    /**
     * Opens the kept answers of a tool.
     *
     * @param origin the same as long as the URLs are configured the same
     * @param named the placeholders in later requests that stand for parts of the first answer
     */
    record Keeper(Checkpoints checkpoints, String origin, List<ParamPath> named) {
        /** For tools that do not poll. */
        static final Keeper NONE = new Keeper(Checkpoints.NONE, "", List.of());

        KeptAnswer open(ToolCall call, String tool) {
            return new KeptAnswer(checkpoints.open(call.jobId(), call.attempt(), tool), this);
        }
    }

    /** The values that a lost attempt kept, by the first segment of their placeholders. */
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

    /**
     * Ends early. Returns whether the server may be told to stop: not if another attempt has taken its work over, or
     * will.
     */
    boolean stop(ToolCall call) {
        if (call.isGivenBack() && checkpoint.handOver()) {
            call.handOver();
            return false;
        }
        return checkpoint.end();
    }
}
