package io.longhaul.console.jobs;

import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.Ids;
import io.longhaul.api.intake.RetryResource;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.auth.Role;
import io.longhaul.console.FormData;
import io.longhaul.console.Paths;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;

/** Cancels and repeats jobs: each by the API's own endpoint, with its checks. */
@Path(Paths.JOBS + "/{id}")
@Produces("text/html;charset=utf-8")
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
public final class JobActions {
    /** A form has one short field. */
    private static final int LONGEST_FORM = 1_000;

    private final JobResource jobs;
    private final RetryResource retries;

    public JobActions(JobResource jobs, RetryResource retries) {
        this.jobs = jobs;
        this.retries = retries;
    }

    /** Cancels a job and shows it, and says if it had ended before. */
    @POST
    @RequiresRole(Role.SUBMIT)
    @Path("/cancel")
    public Response cancel(@PathParam("id") String id, @Context HttpServletRequest request) {
        boolean isLate = !jobs.cancel(id, request).cancelled();
        return to(isLate ? id + "?late=true" : id);
    }

    /** Repeats a job and shows the new one. */
    @POST
    @RequiresRole(Role.SUBMIT)
    @Path("/retry")
    public Response retry(@PathParam("id") String id, InputStream body, @Context HttpServletRequest request) {
        String once = FormData.read(body, request, LONGEST_FORM).text("once");
        return to(repeat(retries, id, once, request));
    }

    /** Repeats a job, once for each shown page: a second click gives the same new job. */
    static String repeat(RetryResource retries, String id, String once, HttpServletRequest request) {
        String key = Ids.parse(once).map(uuid -> "console/" + uuid + "/" + id).orElse(null);
        return retries.retry(id, key, request).job().id().toString();
    }

    private static Response to(String id) {
        return Response.seeOther(URI.create(Paths.JOBS + "/" + id)).build();
    }
}
