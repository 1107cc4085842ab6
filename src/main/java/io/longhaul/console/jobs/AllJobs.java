package io.longhaul.console.jobs;

import io.longhaul.api.batches.BulkAnswer;
import io.longhaul.api.batches.BulkCancelResource;
import io.longhaul.api.batches.BulkRetryResource;
import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.Ids;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.auth.Role;
import io.longhaul.console.FormData;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Section;
import io.longhaul.console.Words;
import io.longhaul.console.jobs.OutcomesView.Outcome;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobOrder;
import io.longhaul.jobs.sql.JobQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Cancels or repeats all jobs that match a filter, by the API's own endpoints: up to a thousand with each request, after
 * a preview.
 */
@Path(AllJobs.PATH + "/{action: cancel|retry}")
@Produces("text/html;charset=utf-8")
public final class AllJobs {
    static final String PATH = Paths.JOBS + "/all";

    private static final int SAMPLE = 10;
    private static final int LONGEST_FORM = 1_000;

    private final JobQueries queries;
    private final JobLists lists;
    private final BulkCancelResource cancels;
    private final BulkRetryResource retries;

    public AllJobs(JobQueries queries, BulkCancelResource cancels, BulkRetryResource retries) {
        this.queries = queries;
        this.lists = new JobLists(queries);
        this.cancels = cancels;
        this.retries = retries;
    }

    /** Shows how many jobs match, and the first of them. */
    @GET
    @RequiresRole(Role.OPERATE)
    @AnyQuery
    public Page preview(@PathParam("action") String action, @Context UriInfo uri) {
        return page(action.equals("cancel"), JobsQuery.of(uri), null);
    }

    /** Does it, and shows what was done. */
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @AnyQuery
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Page change(
            @PathParam("action") String action,
            @Context UriInfo uri,
            InputStream body,
            @Context HttpServletRequest request) {
        String once = FormData.read(body, request, LONGEST_FORM).text("once");
        Object answer = action.equals("cancel")
                ? cancels.cancel(uri, InputStream.nullInputStream())
                : retries.repeat(
                        uri,
                        InputStream.nullInputStream(),
                        Ids.parse(once).map(uuid -> "console/" + uuid).orElse(null),
                        request);
        return page(action.equals("cancel"), JobsQuery.of(uri), done(answer));
    }

    private static AllView.Done done(Object answer) {
        if (answer instanceof BulkAnswer.Cancelled cancelled) {
            return new AllView.Done(
                    Words.count(cancelled.cancelled(), "job is", "jobs are") + " cancelled; "
                            + Words.number(cancelled.alreadyEnded()) + " had ended before.",
                    List.of(),
                    cancelled.more(),
                    null);
        }
        if (answer instanceof BulkAnswer.Retried retried) {
            return new AllView.Done(
                    Words.count(retried.retried(), "job runs", "jobs run") + " again; "
                            + Words.number(retried.rejected()) + " are not accepted now.",
                    retried.results().stream().map(AllJobs::outcome).toList(),
                    retried.nextCursor() != null,
                    retried.nextCursor());
        }
        throw new NotFoundException();
    }

    private static Outcome outcome(BulkAnswer.Retry one) {
        boolean done = one.jobId() != null;
        return new Outcome(
                one.retryOf().toString(),
                done,
                done ? "It runs again as a new job." : one.error().message(),
                done ? one.jobId().toString() : null);
    }

    private Page page(boolean cancels, JobsQuery query, AllView.Done done) {
        JobFilter filter = query.filter(Instant.now()).in(JobOrder.OLDEST);
        JobFilter all = filter.statuses().isEmpty() ? filter.of(usual(cancels)) : filter;
        JobLists.Total total = lists.total(all);
        List<JobRow> rows =
                queries.page(all.conditions(), all.order().sql(), all.values(), false, false, SAMPLE, 0).stream()
                        .map(job -> new JobRow(job, false))
                        .toList();
        String asked = query.api(Instant.now());
        String everything = query.isNarrow() ? "" : "&all=true";
        String rest = done == null || done.cursor() == null ? "" : "&cursor=" + done.cursor();
        AllView view = new AllView(
                cancels,
                rest.isEmpty()
                        ? (total.estimated() ? "about " : "") + Words.count(total.jobs(), "job", "jobs")
                        : "the next jobs",
                total.jobs() > 0,
                rows,
                (asked + everything + rest).replaceFirst("^&", ""),
                done,
                query.address(),
                UUID.randomUUID().toString());
        return new Page("all", view.verb() + " all that match", Section.JOBS, view);
    }

    /** Those that the API takes if none is named. */
    private static List<JobStatus> usual(boolean cancels) {
        return cancels ? List.of(JobStatus.PENDING, JobStatus.RUNNING) : List.of(JobStatus.FAILED);
    }
}
