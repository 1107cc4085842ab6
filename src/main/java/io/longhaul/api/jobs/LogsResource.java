package io.longhaul.api.jobs;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.auth.Role;
import io.longhaul.jobs.sql.JobQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.UUID;

/** The log of a job. */
@Path("/v1/jobs/{id}/logs")
@Produces(MediaType.APPLICATION_JSON)
public final class LogsResource {
    private static final int MOST_LINES = 1_000;
    private static final int USUAL_LINES = 100;

    private final JobQueries queries;
    private final LogReader logs;

    public LogsResource(JobQueries queries, LogReader logs) {
        this.queries = queries;
        this.logs = logs;
    }

    /**
     * Shows a part of the job's log, oldest line first. With {@code attempt}, {@code q} or {@code errors} the log is
     * searched, for about a second: {@code complete} says whether to the end.
     */
    @Operation(
            id = "getJobLog",
            tag = "Jobs",
            query = Queries.LogPart.class,
            replies = {@Reply(means = "The lines.", body = JobLog.class)},
            errors = {ErrorCode.JOB_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    public Object logs(@PathParam("id") String id, @Context HttpServletRequest request, @Context UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        long after = query.number("after", 0, Long.MAX_VALUE, 0);
        long before = query.number("before", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        int attempt = (int) query.number("attempt", 1, Integer.MAX_VALUE, 0);
        String text = query.text("q");
        LogFilter filter = new LogFilter(attempt == 0 ? null : attempt, text == null ? "" : text, query.flag("errors"));
        boolean last = query.flag("last");
        int limit = (int) query.number("limit", 1, MOST_LINES, USUAL_LINES);
        query.check();
        UUID job = JobResource.row(queries, id, request).id();
        return JobLog.of(
                job,
                last ? logs.last(job, filter, after, before, limit) : logs.first(job, filter, after, before, limit));
    }
}
