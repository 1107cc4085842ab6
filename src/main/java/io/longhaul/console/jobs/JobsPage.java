package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Slice;
import io.longhaul.api.jobs.ChosenParams;
import io.longhaul.api.jobs.JobCursor;
import io.longhaul.api.jobs.JobSearch;
import io.longhaul.api.views.ViewsResource;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.console.Visitor;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.views.View;
import io.longhaul.views.ViewStatements;
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

    /** A list that an index serves is there sooner; jobs of any other are looked at one by one. */
    private static final int SERVED_MILLIS = 60;

    private final Reads reads;
    private final StatusCounts counts;
    private final ToolRegistry tools;
    private final WaitingReasons reasons;

    public JobsPage(Reads reads, ToolRegistry tools, WaitingReasons reasons) {
        this.reads = reads;
        this.reasons = reasons;
        this.counts = new StatusCounts(reads);
        this.tools = tools;
    }

    /** Shows the list, or leads to what was typed into the search box. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery(
            value = {
                "status",
                "tool",
                "trace_id",
                "id_prefix",
                "trace_id_prefix",
                "error",
                "failure",
                "since",
                "created_after",
                "created_before",
                "batch_id",
                "schedule_id",
                "params.",
                "columns",
                "sort",
                "cursor",
                "param",
                "value",
                "q"
            },
            lists = "columns")
    public Response show(@QueryParam("q") String typed, @Context UriInfo uri, @Context HttpServletRequest request) {
        Optional<String> found = new SearchBox(reads, Caller.of(request)).found(typed);
        if (found.isPresent()) {
            return Response.seeOther(URI.create(found.get())).build();
        }
        JobsQuery query = JobsQuery.of(uri);
        if (new QueryParameters(uri).has(ListLayout.NAME)) {
            return Response.seeOther(URI.create(query.address())).build();
        }
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
        Visitor visitor = Visitor.of(request);
        return new JobsView(
                query,
                tabs(query, filter.isSearch() ? Map.of() : counts.of(filter)),
                found(query, filter, visitor),
                now,
                tools.names().stream().filter(visitor::mayUse).toList(),
                ParamChoices.of(query.layout(), schema(query.tool(), visitor)),
                views(query, visitor, request),
                JobCommands.list(request, query, now),
                UUID.randomUUID().toString());
    }

    private ViewMenu views(JobsQuery query, Visitor visitor, HttpServletRequest request) {
        String owner = ViewsResource.owner(request);
        List<View> views = reads.inTime(ViewStatements.class, kept -> kept.visible(owner));
        return ViewMenu.of(views, query, visitor, kept -> JobCommands.views(request, kept));
    }

    private JsonNode schema(String tool, Visitor visitor) {
        return tool == null || !visitor.mayUse(tool)
                ? null
                : tools.find(tool)
                        .map(found -> found.description().paramsSchema())
                        .orElse(null);
    }

    private JobsView.Found found(JobsQuery query, JobFilter filter, Visitor visitor) {
        JobFilter page = filter.after(query.position(filter));
        if (filter.isSearch()) {
            return searched(query, page, visitor);
        }
        List<Job> found = filter.isSearchable()
                ? reads.quickly(SERVED_MILLIS, JobQueries.class, queries -> page(queries, page))
                : reads.with(JobQueries.class, queries -> page(queries, page));
        if (found == null) {
            return searched(query, page, visitor);
        }
        Slice<Job> slice = Slice.of(found, ROWS);
        JobFilter.Position next = slice.hasNext()
                ? new JobFilter.Position(
                        filter.order().timeOf(slice.last()), slice.last().id())
                : null;
        return found(query, slice.items(), visitor, cursor(query, next, filter), null);
    }

    private static List<Job> page(JobQueries queries, JobFilter page) {
        return queries.page(page.conditions(), page.order().sql(), page.values(), false, false, ROWS + 1, 0);
    }

    private JobsView.Found searched(JobsQuery query, JobFilter page, Visitor visitor) {
        // The first sight comes soon; whoever goes on waits longer and gets more.
        JobSearch search = query.cursor() == null ? JobSearch.SHORT : JobSearch.LONG;
        JobSearch.Found found = search.find(
                page,
                ROWS,
                (rest, most, limit) -> reads.with(
                        JobQueries.class, queries -> JobSearch.with(queries).at(rest, most, limit)));
        List<Job> jobs = reads.with(JobQueries.class, queries -> found.jobs(queries, page, false, false));
        return found(query, jobs, visitor, cursor(query, found.next(), page), found.searchedTo());
    }

    private JobsView.Found found(JobsQuery query, List<Job> jobs, Visitor visitor, String next, Instant searchedTo) {
        Caller caller = visitor.caller();
        List<Job> explained = reasons.explained(jobs, caller.seesAll() ? null : caller.name());
        return new JobsView.Found(
                JobRow.of(explained, visitor::mayChange, reads),
                reads.inTime(
                        JobQueries.class,
                        queries -> ChosenParams.of(queries, jobs, query.layout().columns())),
                next,
                searchedTo);
    }

    private static String cursor(JobsQuery query, JobFilter.Position next, JobFilter filter) {
        return next == null ? null : query.withCursor(JobCursor.of(next, query.lasting(filter)));
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
