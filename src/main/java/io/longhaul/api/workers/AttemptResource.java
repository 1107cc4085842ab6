package io.longhaul.api.workers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.workers.WorkerAnswers.AttemptAnswer;
import io.longhaul.auth.Role;
import io.longhaul.jobs.Outcome;
import io.longhaul.tools.childprocess.Spill;
import io.longhaul.tools.params.StrictJson;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.workers.remote.LeaseLostException;
import io.longhaul.workers.remote.Remote;
import io.longhaul.workers.remote.RemoteAttempts;
import io.longhaul.workers.remote.RemoteAttempts.Held;
import io.longhaul.workers.remote.RemoteWorker;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Reports of a worker on one attempt. Each answers 409 {@code LEASE_LOST} if the worker no longer holds the attempt, and 404 if
 * the job does not exist.
 */
@Path("/v1/workers/jobs/{id}/attempts/{attempt}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class AttemptResource {
    /** Bytes in the body besides the result. */
    private static final int ENVELOPE = 1024;

    private static final int LONGEST_RETRY_AFTER = 7 * 24 * 3600;
    private static final int MOST_LINES = 10_000;

    private final Remote remote;
    private final HeldAttempts attempts;
    private final JsonBodies bodies;

    public AttemptResource(Remote remote, ApiConfiguration configuration) {
        this.remote = remote;
        this.attempts = new HeldAttempts(remote);
        this.bodies = JsonBodies.ofTools(configuration.maxBodyBytes());
    }

    /** Reports the progress of an attempt. */
    @Operation(
            id = "reportProgress",
            tag = "Workers",
            body = Requests.ProgressRequest.class,
            replies = {@Reply(status = 204, means = "It was taken.")},
            errors = {ErrorCode.JOB_NOT_FOUND, ErrorCode.LEASE_LOST})
    @POST
    @RequiresRole(Role.WORK)
    @Path("/progress")
    public Response progress(
            @HeaderParam(Header.TOKEN) String token,
            @PathParam("id") String id,
            @PathParam("attempt") String attempt,
            @jakarta.ws.rs.core.Context HttpServletRequest request,
            InputStream body) {
        Fields fields = new Fields(bodies.read(body));
        Double fraction = fraction(fields);
        String message = fields.optionalText("message");
        if (fraction == null && message == null && fields.errors().isEmpty()) {
            fields.wrong("fraction", "is missing, and so is a message");
        }
        UnknownMembers.check(fields, request);
        fields.check(null);
        Held held = attempts.holding(token, id, attempt);
        try {
            remote.attempts().progress(held.job().lease(), fraction, message);
        } catch (LeaseLostException e) {
            throw WorkersResource.refused(e);
        }
        return Response.noContent().build();
    }

    /** Adds lines to the job's log. */
    @Operation(
            id = "reportLines",
            tag = "Workers",
            body = Requests.LogRequest.class,
            replies = {@Reply(status = 204, means = "They were taken.")},
            errors = {ErrorCode.JOB_NOT_FOUND, ErrorCode.LEASE_LOST})
    @POST
    @RequiresRole(Role.WORK)
    @Path("/logs")
    public Response logs(
            @HeaderParam(Header.TOKEN) String token,
            @PathParam("id") String id,
            @PathParam("attempt") String attempt,
            @jakarta.ws.rs.core.Context HttpServletRequest request,
            InputStream body) {
        Fields fields = new Fields(bodies.read(body));
        List<String> lines = lines(fields);
        UnknownMembers.check(fields, request);
        fields.check(null);
        remote.attempts().log(attempts.holding(token, id, attempt).job().lease(), lines);
        return Response.noContent().build();
    }

    /**
     * Ends the attempt with a result. A result that cannot be stored fails the attempt. The request may be repeated: it
     * gets the same answer.
     */
    @Operation(
            id = "completeAttempt",
            tag = "Workers",
            body = Requests.CompleteRequest.class,
            bodyRequired = false,
            replies = {@Reply(means = "What became of it.", body = AttemptAnswer.class)},
            errors = {ErrorCode.JOB_NOT_FOUND, ErrorCode.LEASE_LOST})
    @POST
    @RequiresRole(Role.WORK)
    @Path("/complete")
    public Object complete(
            @HeaderParam(Header.TOKEN) String token,
            @PathParam("id") String id,
            @PathParam("attempt") String attempt,
            @jakarta.ws.rs.core.Context HttpHeaders headers,
            @jakarta.ws.rs.core.Context HttpServletRequest request,
            InputStream body) {
        RemoteWorker worker = attempts.worker(token);
        Optional<Held> held = attempts.held(worker, id, attempt);
        if (held.isEmpty()) {
            return reportedBefore(worker, id, attempt);
        }
        int announced = headers.getLength();
        if (announced >= 0 && announced <= arrived(body)) {
            return complete(worker, held.get(), announced, () -> result(held.get(), body, request));
        }
        // Room for results must not wait for a slow worker: others wait for it.
        try (Spill received = new Spill()) {
            bodies(held.get()).receive(body, received);
            return complete(
                    worker,
                    held.get(),
                    received.size(),
                    () -> result(held.get(), new ByteArrayInputStream(received.toBytes()), request));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of a body that can be read without waiting. */
    private static int arrived(InputStream body) {
        try {
            return body.available();
        } catch (IOException e) {
            // Reading will fail, too, and say why.
            return 0;
        }
    }

    private Object complete(RemoteWorker worker, Held held, long bytes, Supplier<ToolResult> result) {
        int taken = room(Math.min(bytes, held.tool().policy().maxResultBytes()));
        try {
            return end(worker, held, result.get());
        } finally {
            remote.attempts().giveRoom(taken);
        }
    }

    /** Ends the attempt with a failure. The tool's policy decides whether another attempt follows. */
    @Operation(
            id = "failAttempt",
            tag = "Workers",
            body = Requests.FailRequest.class,
            replies = {@Reply(means = "What became of it.", body = AttemptAnswer.class)},
            errors = {ErrorCode.JOB_NOT_FOUND, ErrorCode.LEASE_LOST})
    @POST
    @RequiresRole(Role.WORK)
    @Path("/fail")
    public Object fail(
            @HeaderParam(Header.TOKEN) String token,
            @PathParam("id") String id,
            @PathParam("attempt") String attempt,
            @jakarta.ws.rs.core.Context HttpServletRequest request,
            InputStream body) {
        ToolResult failure = failure(new Fields(bodies.read(body)), request);
        RemoteWorker worker = attempts.worker(token);
        Optional<Held> held = attempts.held(worker, id, attempt);
        return held.isEmpty() ? reportedBefore(worker, id, attempt) : end(worker, held.get(), failure);
    }

    /** Gives the job back unfinished, for a worker that stops. It keeps its position, and this counts as no failure. A job
     * that waits for an answer comes back when that is there. */
    @Operation(
            id = "releaseAttempt",
            tag = "Workers",
            replies = {@Reply(means = "The job is given back.", body = AttemptAnswer.class)},
            errors = {ErrorCode.JOB_NOT_FOUND, ErrorCode.LEASE_LOST})
    @POST
    @RequiresRole(Role.WORK)
    @Path("/release")
    public Object release(
            @HeaderParam(Header.TOKEN) String token, @PathParam("id") String id, @PathParam("attempt") String attempt) {
        Held held = attempts.holding(token, id, attempt);
        try {
            return AttemptAnswer.of(remote.attempts().release(held));
        } catch (LeaseLostException e) {
            throw WorkersResource.refused(e);
        }
    }

    private AttemptAnswer end(RemoteWorker worker, Held held, ToolResult result) {
        try {
            Outcome outcome = remote.attempts().end(held, result);
            return AttemptAnswer.of(outcome);
        } catch (LeaseLostException e) {
            // Two reports of the same end may have raced.
            UUID job = held.job().lease().jobId();
            return remote.attempts()
                    .toldEnd(worker, job, held.job().lease().attempt())
                    .map(status -> new AttemptAnswer(status, null, null))
                    .orElseThrow(() -> WorkersResource.refused(e));
        }
    }

    private AttemptAnswer reportedBefore(RemoteWorker worker, String id, String attempt) {
        return remote.attempts()
                .toldEnd(worker, HeldAttempts.job(id), HeldAttempts.number(attempt))
                .map(status -> new AttemptAnswer(status, null, null))
                .orElseThrow(() -> attempts.notHeld(id));
    }

    private int room(long bytes) {
        try {
            return remote.attempts().takeRoom(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(ErrorCode.SHUTTING_DOWN);
        }
    }

    private static JsonBodies bodies(Held held) {
        return JsonBodies.ofTools((int) held.tool().policy().maxResultBytes() + ENVELOPE);
    }

    private static ToolResult result(Held held, InputStream body, HttpServletRequest request) {
        try {
            return bodies(held).readIfAny(body, whole -> success(new Fields(whole), request));
        } catch (RefusedException e) {
            // Fail the attempt: after a refusal the worker would send the same result again and again.
            if (e.refusal().code() == ErrorCode.PAYLOAD_TOO_LARGE) {
                return RemoteAttempts.tooLarge(held);
            }
            if (JsonBodies.hasTooLongNumber(e.refusal())) {
                return new ToolResult.Failure(
                        FailureKind.TOOL_ERROR,
                        "The result holds a number that has more digits than can be stored (131072 before and 16383 after the"
                                + " point).",
                        false);
            }
            if (JsonBodies.isTooDeep(e.refusal())) {
                return new ToolResult.Failure(
                        FailureKind.TOOL_ERROR,
                        "The result is nested too deep: a worker's may have " + StrictJson.DEEPEST
                                + " levels with its body.",
                        false);
            }
            throw e;
        }
    }

    private static ToolResult success(Fields fields, HttpServletRequest request) {
        JsonNode result = fields.any("result", NullNode.getInstance());
        UnknownMembers.check(fields, request);
        fields.check(null);
        return new ToolResult.Success(JsonBodies.text(result));
    }

    private static ToolResult failure(Fields fields, HttpServletRequest request) {
        String message = fields.requiredText("message");
        String code = fields.oneOf(
                "error_code",
                Arrays.stream(FailureKind.values()).map(Enum::name).toList(),
                FailureKind.TOOL_ERROR.name());
        FailureKind kind = FailureKind.valueOf(code);
        boolean retryable = fields.bool("retryable", kind.isRetryable());
        Integer after = fields.optionalWholeNumber("retry_after_seconds", 0, LONGEST_RETRY_AFTER);
        UnknownMembers.check(fields, request);
        fields.check(null);
        return new ToolResult.Failure(kind, message, retryable, after == null ? null : Duration.ofSeconds(after));
    }

    private static Double fraction(Fields fields) {
        JsonNode fraction = fields.any("fraction", null);
        if (fraction == null || fraction.isNull()) {
            return null;
        }
        if (!fraction.isNumber() || fraction.doubleValue() < 0 || fraction.doubleValue() > 1) {
            fields.wrong("fraction", "must be a number from 0 to 1");
        }
        return fraction.doubleValue();
    }

    private static List<String> lines(Fields fields) {
        JsonNode list = fields.any("lines", null);
        List<String> lines = new ArrayList<>();
        if (list == null || !list.isArray() || list.size() > MOST_LINES) {
            fields.wrong("lines", "must be a list of at most " + MOST_LINES + " texts");
            return lines;
        }
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i).isTextual()) {
                lines.add(list.get(i).textValue());
            } else {
                fields.wrong("lines/" + i, "must be text");
            }
        }
        return lines;
    }
}
