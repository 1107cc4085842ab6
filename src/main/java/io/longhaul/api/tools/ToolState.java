package io.longhaul.api.tools;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.sql.ToolPauses;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.settings.StartRate;
import java.util.Optional;

/**
 * A tool as it stands now.
 *
 * @param name its name
 * @param description for people and models
 * @param inputSchema JSON Schema of its params
 * @param version what its jobs record as {@code tool_version}; null and left out without one
 * @param paused whether no jobs of it are claimed
 * @param pausedAt since when, or null
 * @param reason why, or null
 * @param limits what holds for it
 * @param running how many of its jobs run on all nodes together; counted up to 10,000
 * @param queueDepth how many of its jobs wait for a worker; counted up to 10,000
 */
@JsonNaming(SnakeCaseStrategy.class)
record ToolState(
        String name,
        String description,
        JsonNode inputSchema,
        @JsonInclude(JsonInclude.Include.NON_NULL) String version,
        boolean paused,
        String pausedAt,
        String reason,
        Limits limits,
        int running,
        int queueDepth) {
    /**
     * The limits of a tool; null where there is none.
     *
     * @param concurrency jobs that run at once on one node, or null
     * @param clusterConcurrency jobs that run at once on all nodes together, or null
     * @param keyConcurrency jobs of one concurrency key that run at once
     * @param rate jobs that begin in a time on all nodes together, or null
     * @param maxQueue jobs that may wait for a worker, or null
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Limits(
            Integer concurrency, Integer clusterConcurrency, int keyConcurrency, RateLimit rate, Integer maxQueue) {
        static Limits of(ToolPolicy policy) {
            return new Limits(
                    policy.concurrency(),
                    policy.limits().clusterConcurrency(),
                    policy.limits().keyConcurrency(),
                    RateLimit.of(policy.limits().rate()),
                    policy.limits().maxQueue());
        }
    }

    /**
     * How many jobs begin in a time.
     *
     * @param perSecond in the mean
     * @param burst at once
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record RateLimit(double perSecond, int burst) {
        static RateLimit of(StartRate rate) {
            return rate == null ? null : new RateLimit(rate.perSecond(), rate.burst());
        }
    }

    static ToolState of(RegisteredTool tool, Optional<ToolPauses.Pause> pause, int running, int queueDepth) {
        return new ToolState(
                tool.name(),
                tool.description().description(),
                tool.description().paramsSchema(),
                tool.policy().version(),
                pause.isPresent(),
                pause.map(p -> Times.iso(p.pausedAt())).orElse(null),
                pause.map(ToolPauses.Pause::reason).orElse(null),
                Limits.of(tool.policy()),
                running,
                queueDepth);
    }
}
