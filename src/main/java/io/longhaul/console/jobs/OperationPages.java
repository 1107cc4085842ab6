package io.longhaul.console.jobs;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Slice;
import io.longhaul.api.operations.OperationResource;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.jobs.JobStatus;
import io.longhaul.operations.BulkOperation;
import io.longhaul.operations.FrozenFilter;
import io.longhaul.operations.JobOutcome;
import io.longhaul.operations.OperationStatements;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** The operations, and one of them with its progress and the outcome of each job. */
@Path(Paths.OPERATIONS)
@Produces("text/html;charset=utf-8")
public final class OperationPages {
    private static final int ROWS = 50;
    private static final int OUTCOMES = 100;

    private final Reads reads;
    private final OperationResource operations;

    public OperationPages(Reads reads, OperationResource operations) {
        this.reads = reads;
        this.operations = operations;
    }

    /** Lists those that began before one, or the newest. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery("before")
    public Page list(@Context UriInfo uri, @Context HttpServletRequest request) {
        QueryParameters query = new QueryParameters(uri);
        UUID before = query.id("before");
        query.check();
        Caller caller = Caller.of(request);
        String owner = caller.seesAll() ? null : caller.name();
        List<BulkOperation> found =
                reads.with(OperationStatements.class, statements -> statements.list(before, owner, ROWS + 1));
        Slice<BulkOperation> page = Slice.of(found, ROWS);
        return new Page(
                "operations",
                "Operations",
                Section.OPERATIONS,
                new OperationsView(
                        rows(page.items()),
                        page.hasNext()
                                ? Paths.OPERATIONS + "?before=" + page.last().id()
                                : null,
                        OperationCommands.list(request),
                        Instant.now()));
    }

    private List<OperationsView.Row> rows(List<BulkOperation> operations) {
        Map<UUID, String> errors = errors(operations);
        return operations.stream()
                .map(one -> new OperationsView.Row(one, words(one, errors)))
                .toList();
    }

    private static String words(BulkOperation operation, Map<UUID, String> errors) {
        return OperationFilters.words(FrozenFilter.parse(operation.filter()), errors.get(operation.id()));
    }

    /** An error for each operation on jobs that failed alike. */
    private Map<UUID, String> errors(List<BulkOperation> operations) {
        UUID[] ofGroups = operations.stream()
                .filter(one -> OperationFilters.isGroup(FrozenFilter.parse(one.filter())))
                .map(BulkOperation::id)
                .toArray(UUID[]::new);
        return ofGroups.length == 0
                ? Map.of()
                : reads.with(OperationStatements.class, statements -> statements.firstErrors(ofGroups));
    }

    /** What became of the new jobs so far. */
    private Map<UUID, JobStatus> statuses(List<JobOutcome> jobs) {
        UUID[] fresh =
                jobs.stream().map(JobOutcome::newJobId).filter(Objects::nonNull).toArray(UUID[]::new);
        return fresh.length == 0
                ? Map.of()
                : reads.with(OperationStatements.class, statements -> statements.statuses(fresh));
    }

    /** Shows one, with its jobs after a position. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery({"outcome", "after"})
    @Path("/{id}")
    public Page show(@PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
        QueryParameters query = new QueryParameters(uri);
        long after = query.number("after", 0, Long.MAX_VALUE, 0);
        String outcome = query.text("outcome");
        if (outcome != null && !OperationView.OUTCOMES.contains(outcome)) {
            query.wrong("outcome", "must be one of " + String.join(", ", OperationView.OUTCOMES));
        }
        query.check();
        BulkOperation operation = operations.find(id, request);
        List<JobOutcome> found = reads.with(
                OperationStatements.class,
                statements -> statements.outcomes(operation.id(), after, outcome, OUTCOMES + 1));
        Slice<JobOutcome> page = Slice.of(found, OUTCOMES);
        OperationView view = new OperationView(
                operation,
                words(operation, errors(List.of(operation))),
                new OperationView.Part(
                        outcome,
                        page.items(),
                        statuses(page.items()),
                        page.hasNext() ? page.last().position() : 0,
                        after > 0),
                mayStop(operation, request),
                OperationCommands.show(operation, request),
                Instant.now());
        return new Page("operation", view.title(), Section.OPERATIONS, view);
    }

    private static boolean mayStop(BulkOperation operation, HttpServletRequest request) {
        Caller caller = Caller.of(request);
        boolean own =
                caller.principal().may(Role.SUBMIT) && caller.principal().name().equals(operation.principal());
        return !operation.state().isFinal() && (own || caller.principal().may(Role.OPERATE));
    }

    /** Stops one and shows it. */
    @POST
    @RequiresRole(value = Role.SUBMIT, audited = true)
    @Path("/{id}/cancel")
    public Response stop(@PathParam("id") String id, @Context HttpServletRequest request) {
        operations.stop(id, request);
        return Response.seeOther(URI.create(Paths.OPERATIONS + "/" + id)).build();
    }
}
