package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.tools.Checkpoints;
import io.longhaul.tools.spi.ToolCall;
import java.util.Optional;

/**
 * The id of a call's task, kept so that the attempt after a lost one continues to poll the task instead of calling
 * again.
 *
 * @param origin identifies the tool and its server as configured
 */
record KeptTask(Checkpoints.Checkpoint checkpoint, String origin) {
    private static final String ORIGIN = "origin";
    private static final String MODERN = "modern";
    private static final String TASK = "taskId";

    /**
     * Opens the kept tasks of a tool.
     *
     * @param origin the same as long as the entry means the same tool of the same server
     */
    record Keeper(Checkpoints checkpoints, String origin) {
        KeptTask open(ToolCall call, String tool) {
            return new KeptTask(checkpoints.open(call.jobId(), call.attempt(), tool), origin);
        }
    }

    /** Params of {@code tasks/get} for the task that a lost attempt left with the same server in the same era. */
    Optional<ObjectNode> left(boolean modern) {
        return checkpoint
                .left()
                .filter(data -> data.path(ORIGIN).asText().equals(origin)
                        && data.path(MODERN).asBoolean() == modern
                        && data.path(TASK).isTextual())
                .map(data -> Rpc.object().put(TASK, data.path(TASK).textValue()));
    }

    void keep(JsonNode task, boolean modern) {
        String id = task.path(TASK).asText();
        if (!id.isEmpty()) {
            checkpoint.keep(Rpc.object().put(ORIGIN, origin).put(MODERN, modern).put(TASK, id));
        }
    }

    void end() {
        checkpoint.end();
    }

    /** Ends early. Returns whether the task may be cancelled: not if another attempt has taken it over, or will. */
    boolean stop(ToolCall call) {
        if (call.isGivenBack() && checkpoint.handOver()) {
            call.handOver();
            return false;
        }
        return checkpoint.end();
    }
}
