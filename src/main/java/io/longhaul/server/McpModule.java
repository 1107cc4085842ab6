package io.longhaul.server;

import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.api.http.Refusal;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.mcp.HttpErrors;
import io.longhaul.mcp.McpServer;
import io.longhaul.readiness.Readiness;
import java.util.concurrent.Executor;

/** Connects the MCP server to the other parts of a node. */
final class McpModule {
    private McpModule() {}

    /** Parts that it shares with the HTTP API. */
    static McpServer.Shared shared(
            ServiceConfiguration configuration, FailureTranslator problems, Readiness readiness) {
        HttpErrors httpErrors = (failure, request) -> {
            Refusal refusal = problems.refusal(failure, request);
            return new HttpErrors.HttpError(
                    refusal.status(),
                    refusal.code().name(),
                    refusal.message(),
                    refusal.code().retryAfterSeconds());
        };
        McpServer.Limits limits = new McpServer.Limits(
                configuration.api().maxBodyBytes(),
                configuration.api().defaultTtl(),
                configuration.api().maxTtl());
        McpServer.Identity identity = new McpServer.Identity(
                Server.VERSION,
                configuration.publicUrl(),
                configuration.auth().oidc().issuer());
        return new McpServer.Shared(httpErrors, readiness, limits, identity);
    }

    /** Sources of changes of jobs. */
    static McpServer.JobEvents jobEvents(EventsModule watches, WaitingReasons reasons, Executor executor) {
        return new McpServer.JobEvents(watches.jobEnds(), watches.jobs(), reasons, executor);
    }
}
