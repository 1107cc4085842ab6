package io.longhaul.api.intake;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.errors.Committed;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Preference;
import io.longhaul.api.jobs.JobAnswers;
import io.longhaul.api.jobs.JobList;
import io.longhaul.api.jobs.JobListQuery;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.api.longpoll.JobWaits;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.Submitted;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Submits jobs and lists them. */
@Path("/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
public final class JobsResource {
    private final Submissions submissions;
    private final JobLists lists;
    private final JobWaits waits;

    public JobsResource(Submissions submissions, JobLists lists, JobWaits waits) {
        this.waits = waits;
        this.submissions = submissions;
        this.lists = lists;
    }

    /** Submits a job. It is committed when the answer arrives. */
    @Operation(
            id = "submitJob",
            tag = "Jobs",
            headers = {Header.IDEMPOTENCY_KEY, Header.PREFER, Header.TRACEPARENT},
            body = Requests.JobRequest.class,
            replies = {
                @Reply(
                        status = 201,
                        means = "The new job.",
                        body = JobRepresentation.class,
                        headers = {Header.LOCATION},
                        cacheable = true),
                @Reply(
                        means = "The earlier job of the same idempotency key.",
                        body = JobRepresentation.class,
                        headers = {Header.LOCATION, Header.IDEMPOTENCY_REPLAYED},
                        cacheable = true),
                @Reply(
                        status = 202,
                        means = "The job, which has not ended, where respond-async was preferred.",
                        body = JobRepresentation.class,
                        headers = {Header.LOCATION, Header.IDEMPOTENCY_REPLAYED},
                        cacheable = true)
            },
            submits = true,
            errors = {ErrorCode.UNKNOWN_PREDECESSOR})
    @POST
    @RequiresRole(Role.SUBMIT)
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<Response> submit(InputStream body, @Context HttpServletRequest request) {
        Preference preference = Preference.of(request);
        Submitted submitted = submissions.submit(body, request);
        return found(submitted.job(), preference)
                .thenApply(job -> Committed.answer(
                        () -> new JobAnswers.ToSubmit(submitted, job, preference).response(),
                        () -> new JobAnswers.ToSubmit(submitted, submitted.job(), preference).response()));
    }

    /** Waits for the job's end if the client prefers that. A job that cannot be read afterwards is shown as it was stored. */
    private CompletionStage<Job> found(Job job, Preference preference) {
        return preference.waits() && !job.status().isFinal()
                ? waits.ofCommitted(job, preference.longest())
                : CompletableFuture.completedStage(job);
    }

    /** Lists jobs, by default newest first. */
    @Operation(
            id = "listJobs",
            tag = "Jobs",
            query = Queries.JobPage.class,
            replies = {
                @Reply(
                        means = "The page.",
                        body = JobList.class,
                        headers = {Header.LINK})
            })
    @GET
    @RequiresRole(Role.READ)
    public Response list(@Context UriInfo uri, @Context HttpServletRequest request) {
        return lists.find(JobListQuery.of(uri).visibleTo(Caller.of(request))).answer(uri);
    }
}
