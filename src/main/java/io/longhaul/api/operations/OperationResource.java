package io.longhaul.api.operations;

import io.longhaul.api.access.AuditDetail;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Slice;
import io.longhaul.api.http.Suggestion;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.operations.BulkOperation;
import io.longhaul.operations.JobOutcome;
import io.longhaul.operations.Operations;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;

/** One operation: its progress, the outcomes of its jobs, and its end. */
@Path("/v1/operations/{id}")
@Produces(MediaType.APPLICATION_JSON)
public final class OperationResource {
    private static final List<String> OUTCOMES = List.of("pending", "done", "skipped", "failed");
    private static final int MOST = 1_000;
    private static final int USUAL = 100;

    private final Operations operations;

    public OperationResource(Operations operations) {
        this.operations = operations;
    }

    /** Shows an operation and how far it is. */
    @Operation(
            id = "getOperation",
            tag = "Batches",
            replies = {@Reply(means = "The operation.", body = OperationRepresentation.class)},
            errors = {ErrorCode.OPERATION_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    public Object show(@PathParam("id") String id, @Context HttpServletRequest request) {
        return OperationRepresentation.of(find(id, request));
    }

    /** Lists what became of each job, the oldest job first. Jobs are listed before the first of them is changed. */
    @Operation(
            id = "listOutcomes",
            tag = "Batches",
            query = Queries.OutcomePage.class,
            replies = {@Reply(means = "The page.", body = OperationRepresentation.Outcomes.class)},
            errors = {ErrorCode.OPERATION_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    @Path("/outcomes")
    public Object outcomes(@PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
        QueryParameters query = new QueryParameters(uri);
        String outcome = query.text("outcome");
        if (outcome != null && !OUTCOMES.contains(outcome)) {
            query.wrong("outcome", Suggestion.oneOf(outcome, OUTCOMES));
        }
        int limit = (int) query.number("limit", 1, MOST, USUAL);
        long after = query.number("cursor", 0, Long.MAX_VALUE, 0);
        query.check();
        BulkOperation operation = find(id, request);
        Slice<JobOutcome> page = Slice.of(operations.outcomes(operation.id(), after, outcome, limit + 1), limit);
        return new OperationRepresentation.Outcomes(
                page.items().stream().map(OperationRepresentation.Outcome::of).toList(),
                page.hasNext() ? Long.toString(page.last().position()) : null);
    }

    /**
     * Stops an operation: jobs whose turn has not come stay as they are, and those that were changed stay changed. An operation
     * that has ended does not change.
     */
    @Operation(
            id = "cancelOperation",
            tag = "Batches",
            replies = {@Reply(means = "The operation as it is now.", body = OperationRepresentation.class)},
            errors = {ErrorCode.OPERATION_NOT_FOUND})
    @POST
    @RequiresRole(value = Role.SUBMIT, audited = true)
    @Path("/cancel")
    public Object cancel(@PathParam("id") String id, @Context HttpServletRequest request) {
        return OperationRepresentation.of(stop(id, request));
    }

    /** The same for callers inside the server. */
    public BulkOperation stop(String id, HttpServletRequest request) {
        BulkOperation operation = find(id, request);
        Caller caller = Caller.of(request);
        if (!caller.principal().may(Role.OPERATE) && !caller.principal().name().equals(operation.principal())) {
            throw new RefusedException(
                    ErrorCode.MISSING_ROLE,
                    "Operation " + operation.id() + " is another's: only who began it and operators stop it.");
        }
        operations.cancel(operation.id());
        AuditDetail.of(operation.kind().label() + " " + operation.filter(), request);
        return find(id, request);
    }

    /** Finds an operation that the caller may see. Those of others are not found. */
    public BulkOperation find(String id, HttpServletRequest request) {
        return Ids.parse(id)
                .flatMap(uuid -> operations.find(uuid, OperationsResource.owner(request)))
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.OPERATION_NOT_FOUND,
                        "There is no operation " + Ids.shown(id)
                                + ", or no longer. GET /v1/operations lists those that you may see."));
    }
}
