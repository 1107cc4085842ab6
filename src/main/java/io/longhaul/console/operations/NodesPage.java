package io.longhaul.console.operations;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.auth.Role;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.jobs.sql.NodeQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.time.Instant;

/** The nodes. */
@Path(Paths.NODES)
@Produces("text/html;charset=utf-8")
public final class NodesPage {
    private final Reads reads;

    public NodesPage(Reads reads) {
        this.reads = reads;
    }

    /** Shows them. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery
    public Page show(@Context HttpServletRequest request) {
        NodesView view = new NodesView(
                reads.with(NodeQueries.class, NodeQueries::all), WholeCommands.nodes(request), Instant.now());
        return new Page("nodes", "Nodes", Section.NODES, view);
    }
}
