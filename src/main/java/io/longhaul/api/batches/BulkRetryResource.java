package io.longhaul.api.batches;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.JobStatus;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.List;

/** Repeats all ended jobs that match a filter as new jobs. */
@Path("/v1/jobs/retry")
@Produces(MediaType.APPLICATION_JSON)
public final class BulkRetryResource {
    private static final List<JobStatus> ENDED = List.of(JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED);

    /** Leaves room for a job's id at the end. */
    private static final int LONGEST_KEY = 200;

    private final JobLists lists;
    private final BulkRetries retries;

    public BulkRetryResource(JobLists lists, BulkRetries retries) {
        this.lists = lists;
        this.retries = retries;
    }

    /** Repeats failed jobs, or jobs of the given statuses, oldest first. */
    @Operation(
            id = "retryJobs",
            tag = "Jobs",
            query = Queries.BulkFilter.class,
            headers = {Header.KEY_OF_RETRIES, Header.TRACEPARENT},
            replies = {
                @Reply(
                        means = "What was retried, or the preview.",
                        body = {BulkAnswer.Retried.class, BulkAnswer.Preview.class},
                        headers = Header.RETRY_AFTER)
            },
            errors = {ErrorCode.OVERLOADED})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    public Response retry(@Context UriInfo uri, InputStream body, @Context HttpServletRequest request) {
        String key = IdempotencyKey.ofHeader(request, LONGEST_KEY);
        BulkQuery query = BulkQuery.of(uri, body, ENDED, List.of(JobStatus.FAILED));
        if (query.dryRun()) {
            return Response.ok(BulkAnswer.Preview.of(lists, query.filter())).build();
        }
        BulkAnswer.Retried retried = retries.retry(query, Trace.in(request), key, Caller.of(request));
        Response.ResponseBuilder answer = Response.ok(retried);
        BatchAnswer.addRetryAfter(answer, retried.results().stream().map(BulkAnswer.Retry::error));
        return answer.build();
    }
}
