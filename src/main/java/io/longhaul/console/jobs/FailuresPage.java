package io.longhaul.console.jobs;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.jobs.FailureGroups;
import io.longhaul.api.jobs.FailureSearch;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.console.Visitor;
import io.longhaul.jobs.sql.FailureQueries;
import io.longhaul.tools.ToolRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;

/** Failed jobs, grouped by what went wrong: the one that failed last comes first. */
@Path(Paths.FAILURES)
@Produces("text/html;charset=utf-8")
public final class FailuresPage {
    private final Reads reads;
    private final ToolRegistry tools;

    public FailuresPage(Reads reads, ToolRegistry tools) {
        this.reads = reads;
        this.tools = tools;
    }

    /** Shows the groups of a time, a tool, or a text in the error. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery({"since", "tool", "error"})
    public Page show(@Context UriInfo uri, @Context HttpServletRequest request) {
        FailuresQuery query = FailuresQuery.of(uri);
        FailureSearch search = query.search();
        FailureGroups found = reads.inTime(
                FailureQueries.class, queries -> search.in(queries, Caller.of(request), FailureSearch.Bound.SHORT));
        List<String> names =
                tools.names().stream().filter(Visitor.of(request)::mayUse).toList();
        return new Page(
                "failures",
                "Failures",
                Section.FAILURES,
                new FailuresView(query, found, names, JobCommands.failures(request, query, search), Instant.now()));
    }
}
