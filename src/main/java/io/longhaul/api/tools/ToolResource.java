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
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.jobs.sql.QueueDepth;
import io.longhaul.jobs.sql.ToolPauses;
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
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** One tool: its limits, its jobs now, and its pause. */
@Path("/v1/tools/{name}")
@Produces(MediaType.APPLICATION_JSON)
public final class ToolResource {
    /** Larger numbers are not counted exactly. */
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

    /** Pauses a tool on all nodes: new jobs are accepted and wait, running jobs continue. */
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
        paused.pause(name, reason(body, request));
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

    /** Tools that the caller may not use are not found. */
    private RegisteredTool find(String name, HttpServletRequest request) {
        return tools.find(name)
                .filter(tool -> Principal.of(request).mayUse(name))
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.TOOL_NOT_FOUND,
                        "There is no tool of this name." + tools.hint(name, Principal.of(request)::mayUse)
                                + " GET /v1/mcp/tools lists those there are."));
    }

    private String reason(InputStream body, HttpServletRequest request) {
        Fields fields = new Fields(bodies.readIfAny(body));
        String reason = fields.optionalText("reason");
        if (reason != null && Fields.characters(reason) > LONGEST_REASON) {
            fields.wrong("reason", "has more than " + LONGEST_REASON + " characters");
        }
        UnknownMembers.check(fields, request);
        fields.check(null);
        return reason == null ? null : Storable.text(reason);
    }

    /**
     * The current state of a tool.
     *
     * @param name its name
     * @param description for people and models
     * @param inputSchema JSON Schema of its params
     * @param version version, which its jobs record as {@code tool_version}; null and left out without one
     * @param paused whether it is paused: no jobs are claimed
     * @param pausedAt start of the pause, or null
     * @param reason reason of the pause, or null
     * @param limits its limits
     * @param running number of its jobs that run on all nodes; counted up to 10,000
     * @param queueDepth number of its jobs that wait for a worker; counted up to 10,000
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
         * The limits of a tool; null for no limit.
         *
         * @param concurrency running jobs on one node, or null
         * @param clusterConcurrency running jobs on all nodes together, or null
         * @param keyConcurrency running jobs of one concurrency key
         * @param rate starts of jobs on all nodes together, or null
         * @param maxQueue jobs that wait for a worker, or null
         * @param startWithinSeconds time in which jobs must begin that do not say it themselves, or null
         * @param timeoutSeconds longest duration of one attempt, rounded up, or null
         * @param maxAttempts number of attempts that may fail
         */
        @JsonNaming(SnakeCaseStrategy.class)
        record Limits(
                Integer concurrency,
                Integer clusterConcurrency,
                int keyConcurrency,
                RateLimit rate,
                Integer maxQueue,
                Long startWithinSeconds,
                Long timeoutSeconds,
                int maxAttempts) {
            static Limits of(ToolPolicy policy) {
                return new Limits(
                        policy.concurrency(),
                        policy.limits().clusterConcurrency(),
                        policy.limits().keyConcurrency(),
                        RateLimit.of(policy.limits().rate()),
                        policy.limits().maxQueue(),
                        policy.startWithin() == null
                                ? null
                                : policy.startWithin().toSeconds(),
                        policy.timeout() == null ? null : wholeSeconds(policy.timeout()),
                        policy.retry().maxAttempts());
            }
        }

        /** A limit below a second is not none. */
        private static long wholeSeconds(Duration limit) {
            return limit.plusSeconds(1).minusNanos(1).toSeconds();
        }

        /**
         * A limit on how often jobs start.
         *
         * @param perSecond average per second
         * @param burst starts at once
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
