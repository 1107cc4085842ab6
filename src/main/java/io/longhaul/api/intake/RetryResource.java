package io.longhaul.api.intake;

import io.longhaul.api.access.CallerCheck;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/** Repeats an ended job as a new job: an ended job never changes. */
@Path("/v1/jobs/{id}/retry")
@Produces(MediaType.APPLICATION_JSON)
public final class RetryResource {
    private final JobQueries queries;
    private final Submissions submissions;
    private final RetrySubmissions retries;

    public RetryResource(JobQueries queries, Submissions submissions, Duration usualTtl) {
        this.queries = queries;
        this.submissions = submissions;
        this.retries = new RetrySubmissions(usualTtl);
    }

    /**
     * Makes a new job with the tool, params, priority, ttl and policies of an ended one. Its params are checked as for any
     * submit. It takes no body: members of one are ignored with a warning.
     */
    @Operation(
            id = "retryJob",
            tag = "Jobs",
            headers = {Header.IDEMPOTENCY_KEY, Header.TRACEPARENT},
            replies = {
                @Reply(
                        status = 201,
                        means = "The new job.",
                        body = JobRepresentation.class,
                        headers = {Header.LOCATION}),
                @Reply(
                        means = "The earlier job of the same idempotency key.",
                        body = JobRepresentation.class,
                        headers = {Header.LOCATION, Header.IDEMPOTENCY_REPLAYED})
            },
            submits = true,
            errors = {ErrorCode.JOB_NOT_FOUND, ErrorCode.JOB_NOT_FINISHED})
    @POST
    @RequiresRole(Role.SUBMIT)
    public Response retry(@PathParam("id") String id, @Context HttpServletRequest request) {
        return Submissions.answer(retry(id, IdempotencyKey.ofHeader(request), request));
    }

    /** The same for callers inside the server; the key may be null. */
    public Submitted retry(String id, String key, HttpServletRequest request) {
        Job ended = JobResource.find(queries, id, request);
        if (!ended.status().isFinal()) {
            throw new RefusedException(
                    ErrorCode.JOB_NOT_FINISHED,
                    "Job " + ended.id() + " is " + ended.status().label()
                            + " and has not ended. Wait for its end, or cancel it first with DELETE /v1/jobs/"
                            + ended.id() + ".");
        }
        Trace trace = Trace.in(request);
        Submission submission = retries.of(ended, trace.traceId(), key).under(trace.kept());
        return submissions.submit(CallerCheck.own(Caller.of(request), submission));
    }
}
