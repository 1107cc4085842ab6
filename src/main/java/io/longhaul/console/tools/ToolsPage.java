package io.longhaul.console.tools;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.auth.Role;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Section;
import io.longhaul.console.Visitor;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.tools.ToolRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;

/** The list of tools. */
@Path(Paths.TOOLS)
@Produces("text/html;charset=utf-8")
public final class ToolsPage {
    private final ToolRegistry tools;
    private final PausedTools paused;

    public ToolsPage(ToolRegistry tools, PausedTools paused) {
        this.tools = tools;
        this.paused = paused;
    }

    /** Shows those that the visitor may use. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery
    public Page show(@Context HttpServletRequest request) {
        Visitor visitor = Visitor.of(request);
        return new Page(
                "tools",
                "Tools",
                Section.TOOLS,
                new ToolsView(
                        tools.list().stream()
                                .filter(tool -> visitor.mayUse(tool.name()))
                                .map(tool -> ToolText.row(tool, paused))
                                .toList(),
                        ToolCommands.list(request)));
    }
}
