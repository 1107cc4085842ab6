package io.longhaul.console.operations;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Slice;
import io.longhaul.auth.AuditStatements;
import io.longhaul.auth.AuditStatements.Action;
import io.longhaul.auth.Role;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.console.jobs.Commands;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;

/** What operators did, over the API, by commands and in the console. */
@Path(Paths.AUDIT)
@Produces("text/html;charset=utf-8")
public final class AuditPage {
    private static final int ROWS = 100;

    private final Reads reads;

    public AuditPage(Reads reads) {
        this.reads = reads;
    }

    /**
     * What the page shows.
     *
     * @param actions the newest first
     * @param next address of the next page, or null
     * @param commands the same by other means
     * @param readAt when they were read
     */
    public record View(List<Action> actions, String next, Commands commands, Instant readAt) {}

    /** Shows it, the newest first. */
    @GET
    @RequiresRole(Role.ADMIN)
    @AnyQuery("before")
    public Page show(@Context UriInfo uri, @Context HttpServletRequest request) {
        QueryParameters query = new QueryParameters(uri);
        long before = query.number("before", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        query.check();
        List<Action> found = reads.with(AuditStatements.class, audit -> audit.list(before, ROWS + 1));
        Slice<Action> page = Slice.of(found, ROWS);
        String next = page.hasNext() ? Paths.AUDIT + "?before=" + page.last().id() : null;
        return new Page(
                "audit",
                "Audit",
                Section.AUDIT,
                new View(page.items(), next, WholeCommands.audit(request), Instant.now()));
    }
}
