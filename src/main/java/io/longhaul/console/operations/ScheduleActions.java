package io.longhaul.console.operations;

import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.schedules.SchedulesResource;
import io.longhaul.auth.Role;
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
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Pauses, resumes and runs schedules, by the API's own endpoints. */
@Path(Paths.SCHEDULES + "/{id}")
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
public final class ScheduleActions {
    private final SchedulesResource schedules;

    public ScheduleActions(SchedulesResource schedules) {
        this.schedules = schedules;
    }

    /** From now on it makes no jobs. */
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/pause")
    public Response pause(@PathParam("id") String id, @Context HttpServletRequest request) {
        return change(id, true, request);
    }

    /** It makes jobs again. */
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/resume")
    public Response resume(@PathParam("id") String id, @Context HttpServletRequest request) {
        return change(id, false, request);
    }

    /** It makes one job now. */
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/run")
    public Response run(@PathParam("id") String id, @Context HttpServletRequest request) {
        schedules.run(id, request);
        return Response.seeOther(URI.create(Paths.JOBS + "?schedule_id=" + id)).build();
    }

    private Response change(String id, boolean paused, HttpServletRequest request) {
        byte[] body = ("{\"paused\": " + paused + "}").getBytes(StandardCharsets.UTF_8);
        schedules.change(id, new ByteArrayInputStream(body), request);
        return Response.seeOther(URI.create(Paths.SCHEDULES)).build();
    }
}
