package io.longhaul.api.jobs;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.Preference;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.longpoll.JobWaits;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.questions.Answering;
import io.longhaul.questions.StoredQuestion;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** One job: its state and attempts, and its cancellation. */
@Path("/v1/jobs/{id}")
@Produces(MediaType.APPLICATION_JSON)
public final class JobResource {

    private final JobQueries queries;
    private final Cancellation cancellation;
    private final JobWaits waits;
    private final Answering inputs;
    private final WaitingReasons reasons;

    public JobResource(
            JobQueries queries, Cancellation cancellation, JobWaits waits, Answering inputs, WaitingReasons reasons) {
        this.waits = waits;
        this.inputs = inputs;
        this.reasons = reasons;
        this.queries = queries;
        this.cancellation = cancellation;
    }

    public static URI location(Job job) {
        return URI.create(path(job));
    }

    public static String path(Job job) {
        return "/v1/jobs/" + job.id();
    }

    /**
     * Shows a job, and why it waits if it is pending. {@code Prefer: wait=N} waits up to N seconds for its end, and together with {@code If-None-Match} for any
     * change.
     */
    @Operation(
            id = "getJob",
            tag = "Jobs",
            headers = {Header.PREFER_END, Header.IF_NONE_MATCH},
            replies = {
                @Reply(means = "The job.", body = JobRepresentation.class, cacheable = true),
                @Reply(status = 304, means = "The client knows the job as it stands.", cacheable = true)
            },
            errors = {ErrorCode.JOB_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    public CompletionStage<Response> show(@PathParam("id") String id, @Context HttpServletRequest request) {
        Preference preference = Preference.of(request);
        List<String> known = Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH));
        Caller caller = Caller.of(request);
        Job job = find(id, request);
        return found(job, preference, known)
                .thenApply(found -> found.orElseThrow(() -> notFound(id)))
                .thenApply(
                        found -> JobAnswers.shown(explained(found, known, caller), preference, known, this::questions));
    }

    private Job explained(Job job, List<String> known, Caller caller) {
        return JobAnswers.isKnown(JobState.of(job), known)
                ? job
                : reasons.explained(job, caller.seesAll() ? null : caller.name());
    }

    /** Costs a query only if there are open ones. */
    private List<StoredQuestion> questions(Job job) {
        return job.inputs().anyOpen() ? inputs.questions(job.id()) : List.of();
    }

    private CompletionStage<Optional<Job>> found(Job job, Preference preference, List<String> known) {
        boolean isKnown = JobAnswers.isKnown(JobState.of(job), known);
        if (!preference.waits() || job.status().isFinal() || (!known.isEmpty() && !isKnown)) {
            return CompletableFuture.completedStage(Optional.of(job));
        }
        return isKnown
                ? waits.untilChange(JobState.of(job), preference.longest())
                : waits.untilEnd(job.id(), preference.longest());
    }

    /** Cancels a pending or running job and stops its work. An ended job does not change. */
    @Operation(
            id = "cancelJob",
            tag = "Jobs",
            replies = {@Reply(means = "Whether it was cancelled.", body = CancelAnswer.class)},
            errors = {ErrorCode.JOB_NOT_FOUND})
    @DELETE
    @RequiresRole(Role.SUBMIT)
    public CancelAnswer cancel(@PathParam("id") String id, @Context HttpServletRequest request) {
        UUID jobId = cancellable(id, Caller.of(request));
        return switch (cancellation.cancel(jobId).orElseThrow(() -> notFound(id))) {
            case CANCELLED -> new CancelAnswer(true, jobId, "cancelled", "The job is cancelled.");
            case ALREADY_ENDED -> tooLate(find(id, request));
        };
    }

    /** Shows all attempts that have begun, oldest first. */
    @Operation(
            id = "listAttempts",
            tag = "Jobs",
            replies = {@Reply(means = "The attempts.", body = JobAttempts.class)},
            errors = {ErrorCode.JOB_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    @Path("/attempts")
    public Object attempts(@PathParam("id") String id, @Context HttpServletRequest request) {
        Job job = find(id, request);
        return JobAttempts.of(job, queries.failedAttempts(job.id()));
    }

    /**
     * The answer to a cancel.
     *
     * @param cancelled false if the job had ended before
     * @param jobId the job
     * @param status the job's status now
     * @param message for people
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record CancelAnswer(
            boolean cancelled,
            UUID jobId,

            @Shape(values = {"pending", "running", "completed", "failed", "cancelled"})
            String status,

            String message) {}

    private Job find(String id, HttpServletRequest request) {
        return find(queries, id, request);
    }

    /** Finds a job that the caller may see. Jobs of others are not found. */
    public static Job find(JobQueries queries, String id, HttpServletRequest request) {
        return visible(id, queries::find, request);
    }

    /** As {@link #find}, for a page: {@link JobQueries#beginning}. */
    public static Job beginning(JobQueries queries, String id, int most, HttpServletRequest request) {
        return visible(id, found -> queries.beginning(found, most), request);
    }

    /** As {@link #find}, without params and result. */
    public static Job row(JobQueries queries, String id, HttpServletRequest request) {
        return beginning(queries, id, 0, request);
    }

    private static Job visible(String id, Function<UUID, Optional<Job>> read, HttpServletRequest request) {
        return Ids.parse(id).flatMap(read).filter(Caller.of(request)::sees).orElseThrow(() -> notFound(id));
    }

    /** Reads the job only if the caller may not change all jobs. */
    private UUID cancellable(String id, Caller caller) {
        if (caller.principal().may(Role.OPERATE)) {
            return Ids.parse(id).orElseThrow(() -> notFound(id));
        }
        Job job = Ids.parse(id).flatMap(queries::find).filter(caller::sees).orElseThrow(() -> notFound(id));
        if (!caller.mayChange(job)) {
            throw new RefusedException(
                    ErrorCode.MISSING_ROLE,
                    "Job " + job.id() + " is another's: only its submitter and operators cancel it.");
        }
        return job.id();
    }

    /** Also for a malformed id. */
    public static RefusedException notFound(String id) {
        return new RefusedException(ErrorCode.JOB_NOT_FOUND, "Job " + Ids.shown(id) + " not found.");
    }

    private static CancelAnswer tooLate(Job job) {
        String status = job.status().label();
        return new CancelAnswer(false, job.id(), status, "Job already completed; its status stays " + status + ".");
    }
}
