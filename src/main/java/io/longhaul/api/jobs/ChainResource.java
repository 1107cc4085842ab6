package io.longhaul.api.jobs;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.PredecessorQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;

/** The chain that a job is in. */
@Path("/v1/jobs/{id}/chain")
@Produces(MediaType.APPLICATION_JSON)
public final class ChainResource {
    private final JobQueries queries;
    private final PredecessorQueries predecessors;

    public ChainResource(JobQueries queries, PredecessorQueries predecessors) {
        this.queries = queries;
        this.predecessors = predecessors;
    }

    /**
     * Shows the jobs that a job was submitted to run after, those after it, and in turn all that these are connected
     * with: up to 200, and up to 25 steps away.
     */
    @Operation(
            id = "getChain",
            tag = "Jobs",
            replies = {@Reply(means = "The chain.", body = JobChain.class)},
            errors = {ErrorCode.JOB_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    public Object chain(@PathParam("id") String id, @Context HttpServletRequest request) {
        UUID job = JobResource.row(queries, id, request).id();
        return ChainSearch.of(job, predecessors, Caller.of(request));
    }
}
