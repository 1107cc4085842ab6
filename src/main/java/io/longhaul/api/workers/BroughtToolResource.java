package io.longhaul.api.workers;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.workers.remote.RemoteTools;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** A tool that a worker brought. It is stored in the database, and removed here. */
@Path("/v1/tools/{name}")
@Produces(MediaType.APPLICATION_JSON)
public final class BroughtToolResource {
    private final RemoteTools tools;

    public BroughtToolResource(RemoteTools tools) {
        this.tools = tools;
    }

    /**
     * Removes a tool that a worker brought, from all nodes within a second. A worker that registers the tool again brings
     * it back. Jobs of a removed tool wait until there is a tool of this name again.
     */
    @Operation(
            id = "removeTool",
            tag = "Tools",
            query = Queries.Force.class,
            replies = {@Reply(status = 204, means = "It is removed.")},
            errors = {ErrorCode.TOOL_NOT_FOUND, ErrorCode.TOOL_CONFIGURED, ErrorCode.TOOL_IN_USE})
    @DELETE
    @RequiresRole(value = Role.OPERATE, audited = true)
    public Response remove(@PathParam("name") String name, @Context UriInfo uri, @Context HttpServletRequest request) {
        QueryParameters query = new QueryParameters(uri);
        boolean force = query.flag("force");
        query.check();
        if (!Principal.of(request).mayUse(name)) {
            throw new RefusedException(notFound(name, request));
        }
        if (!tools.isBrought(name)) {
            throw refused(name, request);
        }
        RemoteTools.Use use = tools.use(name);
        if (!force && use.any()) {
            throw new RefusedException(ErrorCode.TOOL_IN_USE, reason(name, use));
        }
        tools.remove(name);
        return Response.noContent().build();
    }

    private RefusedException refused(String name, HttpServletRequest request) {
        return new RefusedException(tools.configured(name)
                .map(tool -> Refusal.of(
                        ErrorCode.TOOL_CONFIGURED,
                        "Only a tool that a worker brought can be removed by a request. This one comes with the server's"
                                + " configuration (" + tool.origin() + ")."))
                .orElseGet(() -> notFound(name, request)));
    }

    private Refusal notFound(String name, HttpServletRequest request) {
        return Refusal.of(
                ErrorCode.TOOL_NOT_FOUND,
                "There is no tool of this name." + tools.hint(name, Principal.of(request)::mayUse)
                        + " GET /v1/mcp/tools lists those there are.");
    }

    private static String reason(String name, RemoteTools.Use use) {
        StringBuilder reason = new StringBuilder();
        if (!use.workers().isEmpty()) {
            reason.append("Workers offer this tool: ")
                    .append(String.join(", ", use.workers()))
                    .append(". End them, and wait until their leases are over. ");
        }
        if (use.jobs() > 0) {
            reason.append(use.jobs() == RemoteTools.COUNTED ? "At least " : "")
                    .append(use.jobs())
                    .append(use.jobs() == 1 ? " job of it has" : " jobs of it have")
                    .append(" not ended: they would wait for a tool of this name. Cancel them with POST"
                            + " /v1/jobs/cancel?tool=" + name + ". ");
        }
        return reason.append("Or send DELETE /v1/tools/" + name + "?force=true.")
                .toString();
    }
}
