package io.longhaul.console.jobs;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.api.jobs.LogFilter;
import io.longhaul.api.jobs.LogReader;
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
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What the page of a job shows only a part of, as files. */
@Path(Paths.JOBS + "/{id}")
public final class JobDownloads {
    /** Lines that are in memory at once. */
    private static final int PART = 2_000;

    private final JobQueries queries;
    private final LogReader logs;

    public JobDownloads(JobQueries queries, LogReader logs) {
        this.queries = queries;
        this.logs = logs;
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

    /** The whole log as text, or that of one attempt. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery
    @Path("/log.txt")
    @Produces("text/plain;charset=utf-8")
    public Response log(@PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
        Job job = JobResource.row(queries, id, request);
        LogQuery query = LogQuery.of(job.id(), uri);
        StreamingOutput lines = out -> write(query, out);
        return download(lines, job, query.attempt() == null ? "log.txt" : "log-" + query.attempt() + ".txt");
    }

    /** Holds one part of the log at a time. */
    private void write(LogQuery query, OutputStream out) throws IOException {
        LogFilter wanted = new LogFilter(query.attempt(), "", false);
        LogReader.Part part = logs.first(query.job(), wanted, 0, Long.MAX_VALUE, PART);
        while (!part.lines().isEmpty() || !part.complete()) {
            for (LogLine line : part.lines()) {
                out.write((line.loggedAt() + " " + line.attempt() + " " + line.line() + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
            part = logs.first(query.job(), wanted, part.highest(), Long.MAX_VALUE, PART);
        }
    }

    private static Response download(Object content, Job job, String name) {
        return Response.ok(content)
                .header("Content-Disposition", "attachment; filename=\"" + job.id() + "-" + name + "\"")
                .build();
    }
}
