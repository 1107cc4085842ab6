package io.longhaul.api.schedules;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.access.CallerCheck;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.errors.Committed;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Problem;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Slice;
import io.longhaul.api.intake.SubmissionReader;
import io.longhaul.api.intake.Submissions;
import io.longhaul.api.jobs.JobList;
import io.longhaul.api.jobs.JobListQuery;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.schedules.Schedule;
import io.longhaul.schedules.Schedules;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** Creates, shows, changes and runs schedules. */
@Path("/v1/schedules")
@Produces(MediaType.APPLICATION_JSON)
public final class SchedulesResource {
    private static final int MOST = 500;
    private static final int USUAL = 100;

    private final Schedules schedules;
    private final ScheduleReader reader;
    private final JsonBodies bodies;
    private final Intake intake;
    private final JobLists lists;
    private final Runnable wakeScheduler;

    public SchedulesResource(
            Schedules schedules,
            ApiConfiguration configuration,
            Intake intake,
            JobLists lists,
            Runnable wakeScheduler) {
        this.schedules = schedules;
        this.reader = new ScheduleReader(configuration);
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
        this.intake = intake;
        this.lists = lists;
        this.wakeScheduler = wakeScheduler;
    }

    /** Creates a schedule. Its jobs belong to the caller. */
    @Operation(
            id = "createSchedule",
            tag = "Schedules",
            body = Requests.ScheduleRequest.class,
            replies = {
                @Reply(
                        status = 201,
                        means = "The schedule.",
                        body = ScheduleRepresentation.class,
                        headers = {Header.LOCATION})
            },
            errors = {
                ErrorCode.SCHEDULE_NAME_TAKEN,
                ErrorCode.TOOL_FORBIDDEN,
                ErrorCode.UNKNOWN_TOOL,
                ErrorCode.INVALID_PARAMS
            })
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(InputStream body, @Context HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        Instant now = schedules.now();
        ScheduleReader.Draft draft = checked(bodies.read(body, object -> reader.read(object, now, request)), request);
        Schedule made =
                schedules.create(draft.wanted(), Caller.of(request).name()).orElseThrow(() -> taken(draft));
        Committed.afterwards(wakeScheduler);
        return Response.created(URI.create("/v1/schedules/" + made.id()))
                .entity(ScheduleRepresentation.of(made))
                .build();
    }

    /** Lists schedules by name. */
    @Operation(
            id = "listSchedules",
            tag = "Schedules",
            query = Queries.SchedulePage.class,
            replies = {@Reply(means = "The page.", body = ScheduleList.class)})
    @GET
    @RequiresRole(Role.READ)
    public Object list(@Context UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        int limit = (int) query.number("limit", 1, MOST, USUAL);
        String after = query.has("cursor") ? name(query) : "";
        query.check();
        Slice<Schedule> page = Slice.of(schedules.page(after, limit + 1), limit);
        return new ScheduleList(
                page.items().stream().map(ScheduleRepresentation::of).toList(),
                page.hasNext() ? cursor(page.last()) : null);
    }

    /** Shows a schedule. */
    @Operation(
            id = "getSchedule",
            tag = "Schedules",
            replies = {@Reply(means = "The schedule.", body = ScheduleRepresentation.class)},
            errors = {ErrorCode.SCHEDULE_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    @Path("/{id}")
    public Object show(@PathParam("id") String id) {
        return ScheduleRepresentation.of(find(id));
    }

    /**
     * Changes the members that the body has; null sets an option back to its default. A resumed schedule runs at its next
     * time from now on. A body that only pauses is accepted also if the tool is gone or the params no longer fit.
     */
    @Operation(
            id = "changeSchedule",
            tag = "Schedules",
            body = Requests.ScheduleChange.class,
            replies = {@Reply(means = "The schedule as it is now.", body = ScheduleRepresentation.class)},
            errors = {
                ErrorCode.SCHEDULE_NOT_FOUND,
                ErrorCode.SCHEDULE_NAME_TAKEN,
                ErrorCode.TOOL_FORBIDDEN,
                ErrorCode.UNKNOWN_TOOL,
                ErrorCode.INVALID_PARAMS
            })
    @PATCH
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Object change(@PathParam("id") String id, InputStream body, @Context HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        CallerCheck.requireTool(Caller.of(request), find(id).tool());
        InputStream received = bodies.receive(body);
        Schedule changed = schedules.inTransaction(locked -> changed(locked, id, received, request));
        Committed.afterwards(wakeScheduler);
        return ScheduleRepresentation.of(changed);
    }

    private Schedule changed(Schedules locked, String id, InputStream body, HttpServletRequest request) {
        Schedule old = locked.findToChange(ScheduleReader.id(id)).orElseThrow(() -> ScheduleReader.notFound(id));
        CallerCheck.requireTool(Caller.of(request), old.tool());
        Optional<ScheduleReader.Draft> draft = bodies.read(
                body,
                patch -> ScheduleReader.onlyPauses(patch)
                        ? Optional.empty()
                        : Optional.of(reader.read(ScheduleReader.merged(old, patch), old.readAt(), request)));
        return (draft.isEmpty() ? locked.pause(old.id()) : changed(locked, old, checked(draft.get(), request)))
                .orElseThrow(() -> ScheduleReader.notFound(id));
    }

    private static Optional<Schedule> changed(Schedules locked, Schedule old, ScheduleReader.Draft draft) {
        try {
            return locked.change(old.id(), draft.wanted());
        } catch (UnableToExecuteStatementException e) {
            throw e.getCause() instanceof SQLException sql && "23505".equals(sql.getSQLState()) ? taken(draft) : e;
        }
    }

    /** Removes a schedule. The jobs it has made stay. */
    @Operation(
            id = "deleteSchedule",
            tag = "Schedules",
            replies = {@Reply(status = 204, means = "It is removed.")},
            errors = {ErrorCode.SCHEDULE_NOT_FOUND})
    @DELETE
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/{id}")
    public Response delete(@PathParam("id") String id) {
        if (schedules.delete(ScheduleReader.id(id)) == 0) {
            throw ScheduleReader.notFound(id);
        }
        return Response.noContent().build();
    }

    /**
     * Runs a schedule now, also while it is paused. Its next time does not change, and the job has the same owner as its
     * other jobs.
     */
    @Operation(
            id = "runSchedule",
            tag = "Schedules",
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
            errors = {ErrorCode.SCHEDULE_NOT_FOUND})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/{id}/run")
    public Response run(@PathParam("id") String id, @Context HttpServletRequest request) {
        Schedule schedule = find(id);
        CallerCheck.requireTool(Caller.of(request), schedule.tool());
        String key = IdempotencyKey.ofHeader(request);
        try {
            Trace trace = Trace.in(request);
            Submitted submitted = intake.submit(
                    limited(reader.submission(schedule, trace.traceId(), key).under(trace.kept()), request));
            if (!submitted.replayed()) {
                Committed.afterwards(
                        () -> schedules.ranByHand(schedule.id(), submitted.job().id()));
            }
            return Submissions.answer(submitted);
        } catch (SubmissionRejected e) {
            throw new RefusedException(e, schedule.tool());
        }
    }

    /** Lists the jobs of a schedule, newest first. Works for removed schedules, too, as long as there are jobs. */
    @Operation(
            id = "listJobsOfSchedule",
            tag = "Schedules",
            query = Queries.JobPage.class,
            without = "schedule_id",
            replies = {
                @Reply(
                        means = "The page.",
                        body = JobList.class,
                        headers = {Header.LINK})
            },
            errors = {ErrorCode.SCHEDULE_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    @Path("/{id}/jobs")
    public Response jobs(@PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
        if (!schedules.hasBeen(ScheduleReader.id(id))) {
            throw ScheduleReader.notFound(id);
        }
        JobListQuery query = JobListQuery.ofSchedule(uri, ScheduleReader.id(id)).visibleTo(Caller.of(request));
        return lists.find(query).answer(uri);
    }

    private Schedule find(String id) {
        return schedules.find(ScheduleReader.id(id)).orElseThrow(() -> ScheduleReader.notFound(id));
    }

    private ScheduleReader.Draft checked(ScheduleReader.Draft draft, HttpServletRequest request) {
        CallerCheck.requireTool(Caller.of(request), draft.submission().tool());
        try {
            intake.checkForLater(limited(draft.submission(), request));
            return draft;
        } catch (SubmissionRejected e) {
            throw new RefusedException(e, draft.submission().tool());
        }
    }

    private static Submission limited(Submission submission, HttpServletRequest request) {
        return submission.limitedTo(Caller.of(request).principal().tools());
    }

    private static RefusedException taken(ScheduleReader.Draft draft) {
        return new RefusedException(
                ErrorCode.SCHEDULE_NAME_TAKEN,
                "There is a schedule named " + draft.wanted().name()
                        + " already. Choose another name, or change that one with PATCH /v1/schedules/{id}.",
                draft.wanted().tool(),
                List.of(new Problem.FieldError("/name", "is the name of another schedule")));
    }

    private static String cursor(Schedule last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(last.name().getBytes(StandardCharsets.UTF_8));
    }

    private static String name(QueryParameters query) {
        try {
            String name = new String(Base64.getUrlDecoder().decode(query.text("cursor")), StandardCharsets.UTF_8);
            if (name.indexOf(0) < 0) {
                return name;
            }
        } catch (IllegalArgumentException e) {
            // Not Base64: refused below.
        }
        query.wrong("cursor", "is not one that this list gave: begin without it");
        return "";
    }

    /**
     * A page of schedules, sorted by name.
     *
     * @param schedules the page
     * @param nextCursor cursor of the next page; null on the last one
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record ScheduleList(List<ScheduleRepresentation> schedules, String nextCursor) {}
}
