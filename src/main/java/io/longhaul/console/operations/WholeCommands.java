package io.longhaul.console.operations;

import io.longhaul.api.http.Times;
import io.longhaul.console.jobs.Commands;
import io.longhaul.console.jobs.Way;
import io.longhaul.schema.Cures;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;

/** Writes the commands that show or do the same as a page of the whole. */
final class WholeCommands {
    private static final String SCHEDULES = "/v1/schedules";

    private WholeCommands() {}

    static Commands overview(HttpServletRequest request, PlotSpan span, Instant now) {
        String from = Times.iso(now.minusSeconds((long) span.steps() * span.seconds()));
        return Commands.of(Way.get(request, "/v1/stats?from=" + from + "&step=" + span.seconds())
                .shell("stats --since " + span.label() + " --step " + span.seconds() + "s")
                .mcpSays("MCP has no figures."));
    }

    static Commands schedules(HttpServletRequest request) {
        String none = "MCP has no schedules.";
        String one = SCHEDULES + "/SCHEDULE";
        return Commands.of(
                Way.get(request, SCHEDULES).shell("schedule list").mcpSays(none),
                Way.send(request, "PATCH", one, "{\"paused\": true}")
                        .called("Pause one")
                        .shell("schedule pause SCHEDULE")
                        .mcpSays(none),
                Way.send(request, "PATCH", one, "{\"paused\": false}")
                        .called("Resume one")
                        .shell("schedule resume SCHEDULE")
                        .mcpSays(none),
                Way.send(request, "POST", one + "/run")
                        .called("Run one now")
                        .shell("schedule run SCHEDULE")
                        .mcpSays(none));
    }

    static Commands nodes(HttpServletRequest request) {
        return Commands.of(Way.get(request, "/v1/nodes").shell("node list").mcpSays("MCP has no nodes."));
    }

    static Commands audit(HttpServletRequest request) {
        return Commands.of(Way.get(request, "/v1/audit?limit=100")
                .shell("audit --limit 100")
                .mcpSays("MCP has no audit log."));
    }

    static Commands schema(HttpServletRequest request, Cures cures) {
        String none = "MCP has no schema.";
        return Commands.of(
                Way.get(request, "/readyz").shellOnTheServer(cures.verify()).mcpSays(none));
    }
}
