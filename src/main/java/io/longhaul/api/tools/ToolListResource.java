package io.longhaul.api.tools;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.auth.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;

/** The list of tools, where the single ones are. */
@Path("/v1/tools")
@Produces(MediaType.APPLICATION_JSON)
public final class ToolListResource {
    private final ToolsResource tools;

    public ToolListResource(ToolsResource tools) {
        this.tools = tools;
    }

    /** Lists the tools that the caller may use, with the schemas of their params; {@code GET /v1/mcp/tools} does, too. */
    @Operation(
            id = "listToolSchemas",
            tag = "Tools",
            replies = {@Reply(means = "The tools.", body = ToolsResource.ToolList.class)})
    @GET
    @RequiresRole(Role.READ)
    public Object list(@Context HttpServletRequest request) {
        return tools.list(request);
    }
}
