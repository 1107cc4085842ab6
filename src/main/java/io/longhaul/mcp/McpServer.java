package io.longhaul.mcp;

import io.dropwizard.core.setup.Environment;
import io.longhaul.auth.ProtectedResource;
import io.longhaul.events.JobEnds;
import io.longhaul.events.JobStates;
import io.longhaul.files.FileStore;
import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JoinedCalls;
import io.longhaul.ops.Readiness;
import io.longhaul.streams.EventStreams;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.waiting.WaitingReasons;
import jakarta.servlet.ServletRegistration;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The MCP server of a node, put together. */
public final class McpServer {
    /** What the removal of old sessions is called as a piece of housekeeping. */
    public static final String CLEAN_UP = "mcp-session-clean-up";

    static final Logger LOG = LoggerFactory.getLogger("longhaul.mcp");

    /**
     * A client over HTTP/1.1 that has gone is only noticed by a write, and then by the next one. Proxies and hosts close
     * connections that are silent for half a minute and longer.
     */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

    /** A client that reads nothing for this long is dropped. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EventStreams streams = new EventStreams("mcp-streams", KEEP_ALIVE, PATIENCE);
    private final Sessions sessions;
    private final Subscribers subscribers;
    private final McpServlet servlet;
    private final Environment environment;
    private final Identity identity;

    /**
     * What it serves.
     *
     * @param configuration how
     * @param tools of this node
     * @param intake where calls go in
     * @param files of jobs
     */
    public record Features(McpConfiguration configuration, ToolRegistry tools, Intake intake, FileStore files) {}

    /**
     * How it hears of jobs.
     *
     * @param ends tells when they end
     * @param watch tells how they go on
     * @param newcomers looks soon whether jobs have ended before somebody waited for that
     * @param reasons tells why they wait
     * @param executor reads jobs and makes answers; a few threads do
     */
    public record JobEvents(
            JobEnds ends,
            JobStates watch,
            Consumer<Collection<UUID>> newcomers,
            WaitingReasons reasons,
            Executor executor) {}

    /**
     * What holds for it as for the HTTP API.
     *
     * @param maxBodyBytes largest message
     * @param usualTtl how long an ended job is kept
     * @param longestTtl the longest that a call may ask for
     */
    public record Limits(int maxBodyBytes, Duration usualTtl, Duration longestTtl) {}

    /**
     * What it asks others.
     *
     * @param httpErrors what failures mean
     * @param readiness whether the schema is right
     * @param limits of the HTTP API
     * @param identity what clients are told of this server
     */
    public record Shared(HttpErrors httpErrors, Readiness readiness, Limits limits, Identity identity) {}

    /**
     * What clients are told of a server.
     *
     * @param version of this program
     * @param publicUrl where it is reached from outside, or empty
     * @param issuer whose tokens it takes, or empty for nobody's
     */
    public record Identity(String version, String publicUrl, String issuer) {}

    /**
     * Puts it together; it serves when it is installed.
     *
     * @param environment where it is to serve
     * @param jdbi the database
     * @param features what it serves
     * @param jobEvents how it hears of jobs
     * @param shared what it has in common with the HTTP API
     */
    public McpServer(Environment environment, Jdbi jdbi, Features features, JobEvents jobEvents, Shared shared) {
        this.environment = environment;
        this.identity = shared.identity();
        JobAccess jobs = new JobAccess(jdbi.onDemand(JobQueries.class), new Cancellation(jdbi), jobEvents);
        JobAnswer answers = new JobAnswer(features.files()::outputs);
        ToolCatalog tools = new ToolCatalog(
                features.tools(), features.configuration().handleTools() ? new HandleTools(jobs, answers) : null);
        ErrorTranslator errors = new ErrorTranslator(shared.httpErrors(), shared.readiness());
        CallIntake intake = new CallIntake(
                features.intake(),
                jdbi.onDemand(JoinedCalls.class),
                new CallIntake.Times(shared.limits().usualTtl(), shared.limits().longestTtl()),
                jobEvents.executor());
        ToolCalls calls = new ToolCalls(tools, intake, jobs, answers, errors);
        Resources resources =
                new Resources(jobs, features.files(), features.configuration().resources());
        sessions = new Sessions(jdbi);
        subscribers = new Subscribers(jobs, resources, tools, sessions);
        ServerInfo info = new ServerInfo(identity.version());
        servlet = new McpServlet(
                new ModernEra(info, calls, resources, subscribers),
                new LegacyEra(info, calls, resources, subscribers, sessions),
                new McpServlet.Common(
                        streams,
                        errors,
                        new McpMetrics(environment.metrics(), streams),
                        shared.limits().maxBodyBytes()));
    }

    /** Serves at {@code /mcp} of the application port. */
    public void install() {
        ServletRegistration.Dynamic registration = environment.servlets().addServlet("mcp", servlet);
        registration.setAsyncSupported(true);
        registration.addMapping(McpServlet.PATH);
        if (!identity.issuer().isEmpty()) {
            environment
                    .servlets()
                    .addServlet("mcp-metadata", new MetadataServlet(identity.publicUrl(), identity.issuer()))
                    .addMapping(ProtectedResource.METADATA, ProtectedResource.METADATA_OF_ALL);
        }
    }

    /** Starts to keep streams alive. */
    public void start() {
        streams.start();
        subscribers.start();
    }

    /** Stops it. */
    public void stop() {
        subscribers.stop();
        streams.stop();
    }

    /** Lets clients go, now and from now on. For a node that stops: it cancels nothing. */
    public void release() {
        streams.release();
    }

    /**
     * A piece of housekeeping: removes sessions that nobody uses.
     *
     * @return when to come back
     */
    public Duration clean() {
        return sessions.clean();
    }
}
