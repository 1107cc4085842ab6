package io.longhaul.api.batches;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.Slice;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.auth.Role;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.control.BulkCancellation;
import io.longhaul.jobs.sql.JobQueries;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;

/** Cancels all jobs that match a filter. */
@Path("/v1/jobs/cancel")
@Produces(MediaType.APPLICATION_JSON)
public final class BulkCancelResource {
    private static final List<JobStatus> OPEN = List.of(JobStatus.PENDING, JobStatus.RUNNING);

    private final JobQueries queries;
    private final JobLists lists;
    private final BulkCancellation cancellation;

    public BulkCancelResource(JobQueries queries, JobLists lists, BulkCancellation cancellation) {
        this.queries = queries;
        this.lists = lists;
        this.cancellation = cancellation;
    }

    /** Cancels pending and running jobs. */
    @Operation(
            id = "cancelJobs",
            tag = "Jobs",
            query = Queries.BulkFilter.class,
            replies = {
                @Reply(
                        means = "What was cancelled, or the preview.",
                        body = {BulkAnswer.Cancelled.class, BulkAnswer.Preview.class})
            })
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    public Object cancel(@Context UriInfo uri, InputStream body) {
        BulkQuery query = BulkQuery.of(uri, body, OPEN, OPEN);
        if (query.dryRun()) {
            return BulkAnswer.Preview.of(lists, query.filter());
        }
        Slice<UUID> ids = query.ids(queries);
        BulkCancellation.Answer answer = cancellation.cancel(ids.items());
        return new BulkAnswer.Cancelled(
                false, answer.cancelled(), answer.asked() - answer.cancelled(), ids.hasNext() || !answer.complete());
    }
}
