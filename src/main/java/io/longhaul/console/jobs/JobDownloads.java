package io.longhaul.console.jobs;

import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.auth.Role;
import io.longhaul.console.Paths;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** What the page of a job shows only a part of, as files. */
@Path(Paths.JOBS + "/{id}")
public final class JobDownloads {
    private static final int PART = 5_000;

    private final JobQueries queries;

    public JobDownloads(JobQueries queries) {
        this.queries = queries;
    }

    /** The whole params, as they are stored. */
    @GET
    @RequiresRole(Role.READ)
    @Path("/params.json")
    @Produces(MediaType.APPLICATION_JSON)
    public Response params(@PathParam("id") String id, @Context HttpServletRequest request) {
        Job job = JobResource.find(queries, id, request);
        return download(job.params(), job, "params.json");
    }

    /** The whole result, as it is stored. */
    @GET
    @RequiresRole(Role.READ)
    @Path("/result.json")
    @Produces(MediaType.APPLICATION_JSON)
    public Response result(@PathParam("id") String id, @Context HttpServletRequest request) {
        Job job = JobResource.find(queries, id, request);
        if (job.result() == null) {
            throw new NotFoundException();
        }
        return download(job.result(), job, "result.json");
    }

    /** The whole log as text. */
    @GET
    @RequiresRole(Role.READ)
    @Path("/log.txt")
    @Produces("text/plain;charset=utf-8")
    public Response log(@PathParam("id") String id, @Context HttpServletRequest request) {
        Job job = JobResource.beginning(queries, id, request);
        StreamingOutput lines = out -> write(job.id(), out);
        return download(lines, job, "log.txt");
    }

    private void write(UUID job, OutputStream out) throws IOException {
        long after = 0;
        List<LogLine> part = queries.logs(job, after, PART);
        while (!part.isEmpty()) {
            for (LogLine line : part) {
                out.write((line.loggedAt() + " " + line.attempt() + " " + line.line() + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
            after = part.get(part.size() - 1).lineNo();
            part = queries.logs(job, after, PART);
        }
    }

    private static Response download(Object content, Job job, String name) {
        return Response.ok(content)
                .header("Content-Disposition", "attachment; filename=\"" + job.id() + "-" + name + "\"")
                .build();
    }
}
