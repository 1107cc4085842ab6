package io.longhaul.server;

import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.api.http.Refusal;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.mcp.McpServer;
import io.longhaul.mcp.Refusals;
import io.longhaul.ops.Readiness;
import java.util.concurrent.Executor;

/** The joints of the MCP server to the rest of a node. */
final class McpModule {
    private McpModule() {}

    /** What it has in common with the HTTP API. */
    static McpServer.House house(ServiceConfiguration configuration, FailureTranslator problems, Readiness readiness) {
        Refusals refusals = (failure, request) -> {
            Refusal refusal = problems.refusal(failure, request);
            return new Refusals.Refused(
                    refusal.status(),
                    refusal.code().name(),
                    refusal.message(),
                    refusal.code().retryAfterSeconds());
        };
        McpServer.Limits limits = new McpServer.Limits(
                configuration.api().maxBodyBytes(),
                configuration.api().defaultTtl(),
                configuration.api().maxTtl(),
                configuration.auth().sharedVisibility());
        McpServer.Identity identity = new McpServer.Identity(
                Server.VERSION,
                configuration.publicUrl(),
                configuration.auth().oidc().issuer());
        return new McpServer.House(refusals, readiness, limits, identity);
    }

    /** How it hears of jobs. */
    static McpServer.News news(EventsModule watches, Executor executor) {
        return new McpServer.News(watches.jobEnds(), watches.jobs(), watches::lookAt, executor);
    }
}
