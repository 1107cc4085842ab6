package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.batches.BulkAnswer;
import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.Ids;
import io.longhaul.api.operations.OperationsResource;
import io.longhaul.auth.Role;
import io.longhaul.console.FormData;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.operations.BulkOperation;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
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
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Shows what an operation on all jobs that match a filter would change, and begins it, by the API's own endpoint. */
@Path(AllJobs.PATH + "/{action: cancel|retry}")
@Produces("text/html;charset=utf-8")
public final class AllJobs {
    static final String PATH = Paths.JOBS + "/all";

    private static final String CANCEL = "cancel";
    private static final int SAMPLE = 10;
    private static final int LONGEST_FORM = 1_000;

    private final Reads reads;
    private final OperationsResource operations;

    public AllJobs(Reads reads, OperationsResource operations) {
        this.reads = reads;
        this.operations = operations;
    }

    /** The address of the preview. */
    static String address(boolean cancels, String query) {
        return PATH + "/" + (cancels ? "cancel" : "retry") + (query.isEmpty() ? "" : "?" + query);
    }

    /** Shows how many jobs match, and the first of them. */
    @GET
    @RequiresRole(Role.SUBMIT)
    @AnyQuery(AnyQuery.CHECKED)
    public Page preview(@PathParam("action") String action, @Context UriInfo uri, @Context HttpServletRequest request) {
        return page(view(action, JobsQuery.ofAction(uri), UUID.randomUUID().toString(), request));
    }

    /** Begins the operation and shows it; asks again if it is large and the word was not typed. */
    @POST
    @RequiresRole(value = Role.SUBMIT, audited = true)
    @AnyQuery(AnyQuery.CHECKED)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response begin(
            @PathParam("action") String action,
            @Context UriInfo uri,
            InputStream body,
            @Context HttpServletRequest request) {
        FormData form = FormData.read(body, request, LONGEST_FORM);
        JobsQuery query = JobsQuery.ofAction(uri);
        String once = Ids.parse(form.text("once")).orElseGet(UUID::randomUUID).toString();
        if (!AllView.isTyped(action.equals(CANCEL), form.text("typed"))) {
            AllView view = view(action, query, once, request);
            if (view.isLarge()) {
                return Response.status(422).entity(page(view.refused())).build();
            }
        }
        BulkOperation begun = operations
                .begin(OperationFilters.wanted(action, query, Instant.now()), "console/" + once, request)
                .operation();
        return Response.seeOther(URI.create(Paths.OPERATIONS + "/" + begun.id()))
                .build();
    }

    private AllView view(String action, JobsQuery query, String once, HttpServletRequest request) {
        Instant now = Instant.now();
        ObjectNode wanted = OperationFilters.wanted(action, query, now);
        BulkAnswer.Preview preview = operations.preview(wanted, request);
        List<UUID> first = preview.sample().stream().limit(SAMPLE).toList();
        List<JobRow> rows =
                JobRow.of(reads.with(JobQueries.class, queries -> jobs(first, queries)), job -> false, reads);
        return new AllView(
                action.equals(CANCEL),
                OperationFilters.words(
                        operations.filter(wanted, request),
                        rows.isEmpty() ? null : rows.get(0).job().errorMessage()),
                new AllView.Count(
                        preview.matched(),
                        preview.matchedIsEstimate(),
                        preview.searchedTo() == null ? null : Instant.parse(preview.searchedTo())),
                rows,
                query.api(now),
                query.address(),
                once,
                OperationCommands.begin(wanted, request),
                null);
    }

    private static List<Job> jobs(List<UUID> ids, JobQueries queries) {
        return ids.stream().flatMap(id -> queries.beginning(id, 0).stream()).toList();
    }

    private static Page page(AllView view) {
        return new Page("all", view.verb() + " all that match", Section.JOBS, view);
    }
}
