package io.longhaul.api.tools;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.jobs.sql.QueueDepth;
import io.longhaul.jobs.sql.ToolPauses;
import io.longhaul.ops.access.Principal;
import io.longhaul.ops.access.Role;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.settings.StartRate;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** One tool: what it may do and does at the moment, and whether jobs of it are claimed. */
@Path("/v1/tools/{name}")
@Produces(MediaType.APPLICATION_JSON)
public final class ToolResource {
    /** Beyond this the exact number tells nobody anything. */
    private static final int COUNTED = 10_000;

    private static final int LONGEST_REASON = 1000;

    private final ToolRegistry tools;
    private final PausedTools paused;
    private final Jdbi jdbi;
    private final JsonBodies bodies;

    public ToolResource(ToolRegistry tools, PausedTools paused, Jdbi jdbi, ApiConfiguration configuration) {
        this.tools = tools;
        this.paused = paused;
        this.jdbi = jdbi;
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
    }

    /** Shows a tool. */
    @Operation(
            id = "getTool",
            tag = "Tools",
            replies = {@Reply(means = "The tool.", body = ToolState.class)},
            errors = {ErrorCode.TOOL_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    public Object show(@PathParam("name") String name, @Context HttpServletRequest request) {
        RegisteredTool tool = find(name, request);
        paused.refresh();
        return jdbi.withExtension(
                QueueDepth.class,
                counts -> ToolState.of(
                        tool, paused.find(name), counts.running(name, COUNTED), counts.ofTool(name, COUNTED)));
    }

    /** Pauses a tool on all nodes: jobs are accepted and wait, those that run go on. */
    @Operation(
            id = "pauseTool",
            tag = "Tools",
            body = Requests.PauseRequest.class,
            bodyRequired = false,
            replies = {@Reply(means = "The tool, paused.", body = ToolState.class)},
            errors = {ErrorCode.TOOL_NOT_FOUND})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/pause")
    public Object pause(@PathParam("name") String name, InputStream body, @Context HttpServletRequest request) {
        find(name, request);
        paused.pause(name, reason(body));
        return show(name, request);
    }

    /** Ends the pause of a tool on all nodes. */
    @Operation(
            id = "resumeTool",
            tag = "Tools",
            replies = {@Reply(means = "The tool, not paused.", body = ToolState.class)},
            errors = {ErrorCode.TOOL_NOT_FOUND})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/resume")
    public Object resume(@PathParam("name") String name, @Context HttpServletRequest request) {
        find(name, request);
        paused.resume(name);
        return show(name, request);
    }

    /** One that whoever asks may not use is as if there were none. */
    private RegisteredTool find(String name, HttpServletRequest request) {
        return tools.find(name)
                .filter(tool -> Principal.of(request).mayUse(name))
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.TOOL_NOT_FOUND,
                        "There is no tool of this name. GET /v1/mcp/tools lists those there are."));
    }

    private String reason(InputStream body) {
        Fields fields = new Fields(bodies.readIfAny(body));
        String reason = fields.optionalText("reason");
        if (reason != null && Fields.characters(reason) > LONGEST_REASON) {
            fields.wrong("reason", "has more than " + LONGEST_REASON + " characters");
        }
        fields.check(null);
        return reason == null ? null : Storable.text(reason);
    }

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
}
