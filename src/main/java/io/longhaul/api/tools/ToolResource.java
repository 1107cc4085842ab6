package io.longhaul.api.tools;

import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.RefusedException;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.jobs.sql.QueueDepth;
import io.longhaul.ops.access.Principal;
import io.longhaul.ops.access.Role;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.params.Storable;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
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
}
