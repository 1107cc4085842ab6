package io.longhaul.api.workers;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.remote.RemoteConfiguration;
import io.longhaul.remote.RemoteTools;
import io.longhaul.remote.RemoteWorkers;
import java.util.List;

/**
 * A worker that was made known.
 *
 * @param workerId its run
 * @param workerToken what it names itself by from now on
 * @param leaseSeconds how long it may be silent before its jobs go to others
 * @param heartbeatSeconds how often it should tell that it lives
 * @param tools the tools it brought along
 */
@JsonNaming(SnakeCaseStrategy.class)
record WorkerAnswer(
        long workerId, String workerToken, long leaseSeconds, long heartbeatSeconds, List<BroughtTool> tools) {
    /**
     * A tool that a worker brought along.
     *
     * @param name its name
     * @param version of it, or null
     * @param definedBy whose definition holds on this node: the worker's, or that of a file
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record BroughtTool(String name, String version, String definedBy) {}

    static WorkerAnswer of(
            RemoteWorkers.Registered worker, RemoteConfiguration configuration, List<ToolDefinition> brought) {
        return new WorkerAnswer(
                worker.worker().id(),
                worker.token(),
                configuration.lease().toSeconds(),
                configuration.heartbeat().toSeconds(),
                brought.stream().map(WorkerAnswer::tool).toList());
    }

    private static BroughtTool tool(ToolDefinition brought) {
        return new BroughtTool(
                brought.tool().name(),
                brought.tool().policy().version(),
                brought.configuredIn() == null ? RemoteTools.ORIGIN : brought.configuredIn());
    }
}
