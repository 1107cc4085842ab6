package io.longhaul.console.tools;

import io.longhaul.console.jobs.Commands;
import io.longhaul.console.jobs.JobCommands;
import io.longhaul.console.jobs.Way;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.UriBuilder;

/** Writes the commands that show or do the same as a page of tools. */
final class ToolCommands {
    private ToolCommands() {}

    static Commands list(HttpServletRequest request) {
        return Commands.of(Way.get(request, "/v1/mcp/tools").shell("tool list").mcp("tools/list", "{}"));
    }

    /** A submit of these params, and what operators do to the tool. */
    static Commands of(HttpServletRequest request, String tool, String params) {
        String path = UriBuilder.fromPath("/v1/tools/{name}").build(tool).toString();
        return Commands.of(
                JobCommands.submit(request, tool, params).called("Submit a job"),
                Way.get(request, path)
                        .called("Show it")
                        .shell("tool show " + tool)
                        .mcp("tools/list", "{}"),
                Way.send(request, "POST", path + "/pause")
                        .called("Pause it")
                        .shell("tool pause " + tool)
                        .mcpSays("MCP pauses no tools."),
                Way.send(request, "POST", path + "/resume")
                        .called("Resume it")
                        .shell("tool resume " + tool)
                        .mcpSays("MCP resumes no tools."));
    }
}
