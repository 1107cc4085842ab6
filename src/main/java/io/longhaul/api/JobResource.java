package io.longhaul.api;

import io.longhaul.jobs.Cancellation;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobQueries;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** One job: how it stands, what it told, and its cancellation. */
@Path("/v1/jobs/{id}")
@Produces(MediaType.APPLICATION_JSON)
public final class JobResource {
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final int MOST_LINES = 1_000;
    private static final int USUAL_LINES = 100;

    private final JobQueries queries;
    private final Cancellation cancellation;

    /**
     * Wires it.
     *
     * @param queries reads jobs
     * @param cancellation calls them off
     */
    public JobResource(JobQueries queries, Cancellation cancellation) {
        this.queries = queries;
        this.cancellation = cancellation;
    }

    static URI location(Job job) {
        return URI.create("/v1/jobs/" + job.id());
    }

    /**
     * Shows a job as it stands at this moment.
     *
     * @param id the job
     * @return the job; 404 if there is none of this id
     */
    @GET
    public Object show(@PathParam("id") String id) {
        return JobRepresentation.of(find(id));
    }

    /**
     * Cancels a job that is pending or running; its work is stopped. A job that has ended stays as it is.
     *
     * @param id the job
     * @return whether it was cancelled, and a message; 404 if there is none of this id
     */
    @DELETE
    public Object cancel(@PathParam("id") String id) {
        UUID jobId = parse(id).orElseThrow(() -> notFound(id));
        return switch (cancellation.cancel(jobId).orElseThrow(() -> notFound(id))) {
            case CANCELLED -> new CancelAnswer(true, jobId, "cancelled", "The job is cancelled.");
            case ALREADY_ENDED -> tooLate(find(id));
        };
    }

    /**
     * Shows what the job's tool wrote to its log, oldest first.
     *
     * @param id the job
     * @param uri query {@code after} (a line number; 0 for the first line) and {@code limit}
     * @return the lines and where to go on; 404 if there is no job of this id
     */
    @GET
    @Path("/logs")
    public Object logs(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        long after = query.number("after", 0, Long.MAX_VALUE, 0);
        int limit = (int) query.number("limit", 1, MOST_LINES, USUAL_LINES);
        query.check();
        UUID jobId = find(id).id();
        return JobLog.of(jobId, queries.logs(jobId, after, limit), after);
    }

    /**
     * Shows all attempts that have begun, first to last.
     *
     * @param id the job
     * @return the attempts; 404 if there is no job of this id
     */
    @GET
    @Path("/attempts")
    public Object attempts(@PathParam("id") String id) {
        Job job = find(id);
        return JobAttempts.of(job, queries.failedAttempts(job.id()));
    }

    private Job find(String id) {
        return parse(id).flatMap(queries::find).orElseThrow(() -> notFound(id));
    }

    /** No job has a malformed id. */
    static Optional<UUID> parse(String id) {
        return ID.matcher(id).matches() ? Optional.of(UUID.fromString(id)) : Optional.empty();
    }

    static RefusedException notFound(String id) {
        return Refusal.of(ErrorCode.JOB_NOT_FOUND, "Job " + shown(id) + " not found.")
                .thrown();
    }

    /** What a client sent as an id, cut to what an error can hold. */
    static String shown(String id) {
        return id.length() > 100 ? id.substring(0, 100) + "..." : id;
    }

    private static CancelAnswer tooLate(Job job) {
        String status = job.status().label();
        return new CancelAnswer(false, job.id(), status, "Job already completed; its status stays " + status + ".");
    }
}
