package io.longhaul.console.tools;

import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.tools.ToolResource;
import io.longhaul.auth.Role;
import io.longhaul.console.FormData;
import io.longhaul.console.Paths;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Pauses and resumes tools, by the API's own endpoint. */
@Path(Paths.TOOLS + "/{name}/pause")
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
public final class ToolPauses {
    private static final int LONGEST_FORM = 8_000;

    private final ToolResource tools;

    public ToolPauses(ToolResource tools) {
        this.tools = tools;
    }

    /** Pauses the tool, or resumes it if the form says so. */
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    public Response change(@PathParam("name") String name, InputStream body, @Context HttpServletRequest request) {
        FormData form = FormData.read(body, request, LONGEST_FORM);
        if (form.text("resume").isEmpty()) {
            String reason = form.text("reason").isBlank() ? "" : "\"reason\":" + TextNode.valueOf(form.text("reason"));
            tools.pause(name, new ByteArrayInputStream(("{" + reason + "}").getBytes(StandardCharsets.UTF_8)), request);
        } else {
            tools.resume(name, request);
        }
        return Response.seeOther(Paths.tool(name)).build();
    }
}
