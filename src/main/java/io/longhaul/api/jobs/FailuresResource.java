package io.longhaul.api.jobs;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.sql.FailureQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import org.jdbi.v3.core.Jdbi;

/** Failed jobs, grouped by what went wrong. */
@Path("/v1/failures")
@Produces(MediaType.APPLICATION_JSON)
public final class FailuresResource {
    private final Jdbi jdbi;

    public FailuresResource(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Groups the failed jobs of a span of time by what went wrong: by their error code and their message without
     * numbers, paths and quoted parts. The group that failed last comes first. {@code GET /v1/jobs?failure=} lists the
     * jobs of a group.
     */
    @Operation(
            id = "listFailures",
            tag = "Jobs",
            query = Queries.FailureSpan.class,
            replies = {@Reply(means = "The groups.", body = FailureGroups.class)})
    @GET
    @RequiresRole(Role.READ)
    public Object list(@Context UriInfo uri, @Context HttpServletRequest request) {
        FailureSearch search = FailureSearch.of(uri);
        Caller caller = Caller.of(request);
        return jdbi.withHandle(
                handle -> search.in(handle.attach(FailureQueries.class), caller, FailureSearch.Bound.LONG));
    }
}
