package io.longhaul.mcp;

import io.dropwizard.core.setup.Environment;
import io.longhaul.auth.AuditStatements;
import io.longhaul.auth.ProtectedResource;
import io.longhaul.events.JobEnds;
import io.longhaul.events.JobStates;
import io.longhaul.files.FileStore;
import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JoinedCalls;
import io.longhaul.questions.Answering;
import io.longhaul.readiness.Readiness;
import io.longhaul.streams.EventStreams;
import io.longhaul.tools.ToolRegistry;
import jakarta.servlet.ServletRegistration;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the MCP server of a node. */
public final class McpServer {
    /** Name of the housekeeping task that deletes old sessions. */
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
    private final AbandonedCalls abandoned;
    private final McpServlet servlet;
    private final Environment environment;
    private final Identity identity;

    /**
     * The features that clients use.
     *
     * @param configuration its settings
     * @param tools tools of this node
     * @param intake takes the jobs of calls
     * @param files files of jobs
     * @param inputs takes the answers to questions of jobs
     */
    public record Features(
            McpConfiguration configuration, ToolRegistry tools, Intake intake, FileStore files, Answering inputs) {}

    /**
     * Sources of changes of jobs.
     *
     * @param ends reports the ends of jobs
     * @param watch reports progress, log lines and changes of status
     * @param reasons tells why they wait
     * @param executor reads jobs and makes answers; needs a few threads only
     */
    public record JobEvents(JobEnds ends, JobStates watch, WaitingReasons reasons, Executor executor) {}

    /**
     * Limits that hold for the HTTP API, too.
     *
     * @param maxBodyBytes largest message
     * @param usualTtl time for which an ended job is kept
     * @param longestTtl longest time that a call may ask for
     */
    public record Limits(int maxBodyBytes, Duration usualTtl, Duration longestTtl) {}

    /**
     * Parts that it shares with the HTTP API.
     *
     * @param httpErrors translates failures
     * @param readiness knows if the database has the schema of this release
     * @param limits limits of requests
     * @param identity names of this server
     */
    public record Shared(HttpErrors httpErrors, Readiness readiness, Limits limits, Identity identity) {}

    /**
     * Names of a server.
     *
     * @param version version of this program
     * @param publicUrl its URL for clients elsewhere, or empty
     * @param issuer provider whose tokens it accepts, or empty
     */
    public record Identity(String version, String publicUrl, String issuer) {}

    /**
     * Makes all parts. {@link #install} lets it serve, and {@link #start} starts its loops.
     *
     * @param environment the server's servlets and metrics
     * @param jdbi the database
     */
    public McpServer(Environment environment, Jdbi jdbi, Features features, JobEvents jobEvents, Shared shared) {
        this.environment = environment;
        this.identity = shared.identity();
        JobAccess jobs = new JobAccess(jdbi.onDemand(JobQueries.class), new Cancellation(jdbi), jobEvents);
        JobAnswer answers = new JobAnswer(features.files()::outputs);
        McpConfiguration configuration = features.configuration();
        boolean hasCard = configuration.jobCard() != McpConfiguration.JobCardOffer.NEVER;
        OpenQuestions open = new OpenQuestions(features.inputs(), jdbi.onDemand(AuditStatements.class));
        JobCardAnswers cardAnswers = new JobCardAnswers(open);
        JobCardState states = new JobCardState(jobs.queries(), answers, cardAnswers, identity.publicUrl());
        ToolCatalog tools = new ToolCatalog(
                features.tools(),
                configuration.handleTools() ? new HandleTools(jobs, answers) : null,
                hasCard ? new JobCardTools(jobs, states, cardAnswers) : null,
                configuration.jobCard() == McpConfiguration.JobCardOffer.ALWAYS);
        ErrorTranslator errors = new ErrorTranslator(shared.httpErrors(), shared.readiness());
        CallIntake intake = new CallIntake(
                features.intake(),
                jdbi.onDemand(JoinedCalls.class),
                new CallIntake.Times(shared.limits().usualTtl(), shared.limits().longestTtl()),
                jobEvents.executor());
        JobQuestions questions = new JobQuestions(open);
        ToolCalls calls = new ToolCalls(tools, intake, jobs, answers, errors);
        Resources resources = new Resources(jobs, features.files(), configuration.resources(), hasCard);
        sessions = new Sessions(jdbi);
        abandoned = jobs.abandoned();
        subscribers = new Subscribers(jobs, resources, tools, sessions);
        ServerInfo info = new ServerInfo(identity.version());
        servlet = new McpServlet(
                new ModernEra(info, calls, questions, resources, subscribers),
                new LegacyEra(info, calls, questions, resources, new LegacyEra.Listening(subscribers, sessions)),
                new McpServlet.Common(
                        streams,
                        errors,
                        new McpMetrics(environment.metrics(), streams),
                        shared.limits().maxBodyBytes()));
    }

    /** Adds {@code /mcp} to the application port. */
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

    /** Starts the loops that keep streams alive, report changes and cancel what clients have left. */
    public void start() {
        streams.start();
        subscribers.start();
        abandoned.start();
    }

    public void stop() {
        abandoned.stop();
        subscribers.stop();
        streams.stop();
    }

    /** Ends all streams, now and later ones at once, for a node that stops. No job is cancelled. */
    public void release() {
        streams.release();
    }

    /**
     * Deletes sessions that have not been used for long; a housekeeping task.
     *
     * @return time until the next run
     */
    public Duration clean() {
        return sessions.clean();
    }
}
