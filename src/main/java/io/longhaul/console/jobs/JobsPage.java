package io.longhaul.console.jobs;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.Slice;
import io.longhaul.api.jobs.JobCursor;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.console.Visitor;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.tools.ToolRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The list of jobs. */
@Path(Paths.JOBS)
@Produces("text/html;charset=utf-8")
public final class JobsPage {
    static final int ROWS = 50;

    private final Reads reads;
    private final StatusCounts counts;
    private final ToolRegistry tools;

    public JobsPage(Reads reads, ToolRegistry tools) {
        this.reads = reads;
        this.counts = new StatusCounts(reads);
        this.tools = tools;
    }

    /** Shows the list, or leads to what was typed into the search box. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery
    public Response show(@QueryParam("q") String typed, @Context UriInfo uri, @Context HttpServletRequest request) {
        Optional<String> found = JobsQuery.found(typed);
        if (found.isPresent()) {
            return Response.seeOther(URI.create(found.get())).build();
        }
        JobsQuery query = JobsQuery.of(uri);
        return Response.ok(new Page("jobs", title(query), Section.JOBS, view(query, request)))
                .build();
    }

    private static String title(JobsQuery query) {
        String status = query.status() == null ? "Jobs" : query.status().label() + " jobs";
        return status.substring(0, 1).toUpperCase(Locale.ROOT) + status.substring(1);
    }

    private JobsView view(JobsQuery query, HttpServletRequest request) {
        Instant now = Instant.now();
        JobFilter filter = Caller.of(request).visible(query.filter(now));
        JobFilter page = filter.after(query.position(filter).orElse(null));
        List<Job> found = reads.with(
                JobQueries.class,
                queries ->
                        queries.page(page.conditions(), page.order().sql(), page.values(), false, false, ROWS + 1, 0));
        Slice<Job> slice = Slice.of(found, ROWS);
        Visitor visitor = Visitor.of(request);
        return new JobsView(
                query,
                tabs(query, counts.of(filter)),
                slice.items().stream()
                        .map(job -> new JobRow(job, visitor.mayChange(job)))
                        .toList(),
                slice.hasNext() ? query.withCursor(cursor(slice.last(), filter)) : null,
                now,
                tools.names().stream().filter(visitor::mayUse).toList(),
                JobCommands.list(request, query, now),
                UUID.randomUUID().toString());
    }

    private static String cursor(Job last, JobFilter filter) {
        return JobCursor.of(new JobFilter.Position(filter.order().timeOf(last), last.id()), filter);
    }

    private static List<JobsView.Tab> tabs(JobsQuery query, Map<JobStatus, String> counts) {
        List<JobsView.Tab> tabs = new ArrayList<>();
        tabs.add(new JobsView.Tab(null, "", query.withStatus(null), query.status() == null));
        for (JobStatus status : JobStatus.values()) {
            tabs.add(new JobsView.Tab(
                    status, counts.getOrDefault(status, ""), query.withStatus(status), status == query.status()));
        }
        return tabs;
    }
}
