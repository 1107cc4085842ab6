package io.longhaul.api.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.access.AuditDetail;
import io.longhaul.api.batches.BulkAnswer;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Slice;
import io.longhaul.api.intake.SubmissionReader;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.operations.BulkOperation;
import io.longhaul.operations.FrozenFilter;
import io.longhaul.operations.OperationRefused;
import io.longhaul.operations.Operations;
import io.longhaul.traces.Trace;
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
import java.net.URI;
import java.util.List;
import java.util.UUID;

/** Begins and lists operations. */
@Path("/v1/operations")
@Produces(MediaType.APPLICATION_JSON)
public final class OperationsResource {
    private static final int MOST = 100;
    private static final int USUAL = 50;

    private final Operations operations;
    private final JobLists lists;
    private final JsonBodies bodies;

    public OperationsResource(Operations operations, JobLists lists, ApiConfiguration configuration) {
        this.operations = operations;
        this.lists = lists;
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
    }

    /**
     * Begins to cancel or retry all jobs that match a filter. It goes on in the background, on any node, with an outcome for
     * each job. Callers without the role operate change only their own jobs.
     */
    @Operation(
            id = "beginOperation",
            tag = "Batches",
            headers = {Header.IDEMPOTENCY_KEY, Header.TRACEPARENT},
            body = Requests.OperationRequest.class,
            replies = {
                @Reply(
                        status = 202,
                        means = "The operation has begun.",
                        body = OperationRepresentation.class,
                        headers = {Header.LOCATION}),
                @Reply(
                        means = "The preview, or the earlier operation of the same idempotency key.",
                        body = {BulkAnswer.Preview.class, OperationRepresentation.class},
                        headers = {Header.LOCATION, Header.IDEMPOTENCY_REPLAYED})
            },
            errors = {ErrorCode.IDEMPOTENCY_KEY_REUSED, ErrorCode.TOO_MANY_OPERATIONS})
    @POST
    @RequiresRole(value = Role.SUBMIT, audited = true)
    @Consumes(MediaType.APPLICATION_JSON)
    public Response begin(InputStream body, @Context HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        ObjectNode wanted = bodies.read(body);
        OperationReader.Read read = OperationReader.read(wanted);
        if (read.dryRun()) {
            AuditDetail.of("dry run", request);
            return Response.ok(preview(own(read.filter(), Caller.of(request)))).build();
        }
        Operations.Begun begun = begin(wanted, IdempotencyKey.ofHeader(request), request);
        Response.ResponseBuilder answer =
                Response.status(begun.replayed() ? Response.Status.OK : Response.Status.ACCEPTED);
        if (begun.replayed()) {
            answer.header(Header.REPLAYED, true);
        }
        return answer.location(URI.create("/v1/operations/" + begun.operation().id()))
                .entity(OperationRepresentation.of(begun.operation()))
                .build();
    }

    /** The same for callers inside the server; the key may be null. */
    public Operations.Begun begin(ObjectNode wanted, String key, HttpServletRequest request) {
        OperationReader.Read read = OperationReader.read(wanted);
        Caller caller = Caller.of(request);
        List<String> tools = caller.principal().tools() == null
                ? null
                : List.copyOf(caller.principal().tools());
        try {
            Operations.Begun begun = operations.begin(new Operations.Wanted(
                    read.kind(),
                    own(read.filter(), caller),
                    new Operations.Submitter(caller.name(), tools),
                    key,
                    Trace.in(request).traceId()));
            BulkOperation operation = begun.operation();
            AuditDetail.of(operation.kind().label() + " " + operation.id() + " " + operation.filter(), request);
            return begun;
        } catch (OperationRefused e) {
            throw new RefusedException(code(e), e.getMessage());
        }
    }

    /** Counts the jobs that an operation would change now, for callers inside the server. */
    public BulkAnswer.Preview preview(ObjectNode wanted, HttpServletRequest request) {
        return preview(own(OperationReader.read(wanted).filter(), Caller.of(request)));
    }

    /** The filter as the operation would keep it, for callers inside the server. */
    public JsonNode filter(ObjectNode wanted, HttpServletRequest request) {
        return FrozenFilter.parse(
                FrozenFilter.of(own(OperationReader.read(wanted).filter(), Caller.of(request))));
    }

    private BulkAnswer.Preview preview(JobFilter filter) {
        return BulkAnswer.Preview.of(lists, filter);
    }

    /** Only operators change the jobs of others. */
    private static JobFilter own(JobFilter filter, Caller caller) {
        return caller.principal().may(Role.OPERATE)
                ? filter
                : filter.by(JobFilter.By.PRINCIPAL, caller.principal().name());
    }

    private static ErrorCode code(OperationRefused refused) {
        return switch (refused.reason()) {
            case TOO_MANY -> ErrorCode.TOO_MANY_OPERATIONS;
            case KEY_REUSED -> ErrorCode.IDEMPOTENCY_KEY_REUSED;
        };
    }

    /** Lists operations, the newest first. */
    @Operation(
            id = "listOperations",
            tag = "Batches",
            query = Queries.OperationPage.class,
            replies = {@Reply(means = "The page.", body = OperationRepresentation.Page.class)})
    @GET
    @RequiresRole(Role.READ)
    public Object list(@Context UriInfo uri, @Context HttpServletRequest request) {
        QueryParameters query = new QueryParameters(uri);
        int limit = (int) query.number("limit", 1, MOST, USUAL);
        UUID before = query.id("cursor");
        query.check();
        Slice<BulkOperation> page = Slice.of(operations.list(before, owner(request), limit + 1), limit);
        return new OperationRepresentation.Page(
                page.items().stream().map(OperationRepresentation::of).toList(),
                page.hasNext() ? page.last().id().toString() : null);
    }

    /** Whose operations a caller sees; null for those of all. */
    static String owner(HttpServletRequest request) {
        Caller caller = Caller.of(request);
        return caller.seesAll() ? null : caller.principal().name();
    }
}
