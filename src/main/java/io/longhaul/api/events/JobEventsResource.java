package io.longhaul.api.events;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.jobs.JobLog;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.auth.Role;
import io.longhaul.events.JobStates;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.streams.EventStream;
import io.longhaul.streams.EventStreams;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** Streams one job as server-sent events. */
@Path("/v1/jobs/{id}/events")
@Produces(EventStreams.MEDIA_TYPE)
public final class JobEventsResource {
    /** No log lines arrive later than this after a job's end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final JobQueries queries;
    private final JobStates watch;
    private final EventStreams streams;
    private final ObjectMapper json;

    public JobEventsResource(JobQueries queries, JobStates watch, EventStreams streams, ObjectMapper json) {
        this.queries = queries;
        this.watch = watch;
        this.streams = streams;
        this.json = json;
    }

    /** Streams a job's status, progress and log until it has ended. */
    @Operation(
            id = "followJob",
            tag = "Events",
            headers = {Header.LAST_EVENT_ID},
            replies = {
                @Reply(
                        means = "Events state, progress, log and end.",
                        body = {
                            JobRepresentation.class,
                            JobRepresentation.ProgressRepresentation.class,
                            JobLog.Line.class,
                            JobStream.End.class
                        },
                        type = EventStreams.MEDIA_TYPE,
                        headers = {Header.CACHE_CONTROL}),
                @Reply(status = 204, means = "Nothing comes after the last event: there is no need to come back.")
            },
            errors = {ErrorCode.JOB_NOT_FOUND, ErrorCode.OVERLOADED})
    @GET
    @RequiresRole(Role.READ)
    public void events(
            @PathParam("id") String id, @Context HttpServletRequest request, @Suspended AsyncResponse response) {
        Job job = JobResource.find(queries, id, request);
        JobEventId position = JobEventId.parse(request.getHeader(EventStreams.LAST_EVENT_ID));
        if (request.getMethod().equals("HEAD") || isOver(job, position)) {
            response.resume(Response.noContent().build());
            return;
        }
        AtomicReference<JobStream> watcher = new AtomicReference<>();
        EventStream stream = streams.open(request.getAsyncContext(), gone -> watch.remove(watcher.get()));
        watcher.set(new JobStream(job.id(), position, stream, json));
        stream.offer(EventStream.position(position.text()));
        streams.start(stream);
        watch.add(watcher.get());
        if (stream.isClosed()) {
            watch.remove(watcher.get());
        }
    }

    /** The client has all events of the job: 204 tells it not to reconnect. */
    private boolean isOver(Job job, JobEventId position) {
        return position.isEndOf(JobState.of(job))
                // Rows of an older system may lack the time.
                && (job.completedAt() == null
                        || Duration.between(job.completedAt(), job.readAt()).compareTo(LAST_WORDS) > 0)
                && queries.logs(job.id(), position.line(), 1).isEmpty();
    }
}
