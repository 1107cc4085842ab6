package io.longhaul.api;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.testing.DropwizardTestSupport;
import io.dropwizard.util.Duration;
import io.longhaul.callbacks.StoredCallbacks;
import io.longhaul.events.ChangeFeed;
import io.longhaul.events.JobEnds;
import io.longhaul.events.JobWatch;
import io.longhaul.jobs.BatchQueries;
import io.longhaul.jobs.BulkCancellation;
import io.longhaul.jobs.Cancellation;
import io.longhaul.jobs.GroupCommit;
import io.longhaul.jobs.Intake;
import io.longhaul.jobs.JobQueries;
import io.longhaul.jobs.JointCommit;
import io.longhaul.jobs.NodeQueries;
import io.longhaul.jobs.PausedTools;
import io.longhaul.jobs.QueueLimit;
import io.longhaul.jobs.Submission;
import io.longhaul.jobs.SubmissionRejected;
import io.longhaul.jobs.SubmissionRejected.Field;
import io.longhaul.ops.Condition;
import io.longhaul.ops.Readiness;
import io.longhaul.schedules.Schedules;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.ParamsJson;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The API on a real Jetty and a real PostgreSQL, without workers: {@link StepWorker} does their part, step by step. */
final class ApiServer implements BeforeAllCallback, AfterAllCallback {
    /** Time enough for a slow machine; a test that needs it has failed. */
    static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(60);

    final AtomicInteger suspicions = new AtomicInteger();
    volatile Condition schema = Condition.holds("schema", "The schema is right.");

    /** What the check of each submission answers, if set. */
    volatile SubmissionRejected rejection;

    private final TestDatabase database;
    private final ApiConfiguration configuration;
    private final List<RegisteredTool> tools;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private Duration idleTimeout = Duration.seconds(30);
    private SwitchedDataSource source;
    private Jdbi jdbi;
    private JobEnds ends;
    private JobWatch watch;
    private ChangeFeed<FeedEvent> feed;
    private EventStreams streams;
    private JobWaits waits;
    private StepWorker worker;
    private StoredCallbacks callbacks;
    private RemoteSide remote;
    private boolean servesRemote;
    private DropwizardTestSupport<Configuration> support;

    ApiServer(TestDatabase database, ApiConfiguration configuration, List<RegisteredTool> tools) {
        this.database = database;
        this.configuration = configuration;
        this.tools = tools;
    }

    /** How long a connection may be silent; requests that wait must not depend on it. */
    ApiServer withIdleTimeout(Duration timeout) {
        idleTimeout = timeout;
        return this;
    }

    /** Serves remote workers, too. */
    ApiServer withRemote() {
        servesRemote = true;
        return this;
    }

    RemoteSide remote() {
        return remote;
    }

    Jdbi jdbi() {
        return jdbi;
    }

    SwitchedDataSource source() {
        return source;
    }

    EventStreams streams() {
        return streams;
    }

    StepWorker worker() {
        return worker;
    }

    JobWaits waits() {
        return waits;
    }

    StoredCallbacks callbacks() {
        return callbacks;
    }

    int port() {
        return support.getLocalPort();
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    Answer post(String path, String json, String... headers) {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Submits a job for echo and gives its id. */
    String submit() {
        return post("/v1/jobs", "{\"tool\": \"echo\"}").text("/job_id");
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(PATIENCE);
    }

    Answer send(HttpRequest.Builder request) {
        try {
            return Answer.of(client.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            return sendAgain(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    // A server that refuses a request closes the connection while the body may still be on its way (RFC 9112, 9.6), and
    // the client may see the end of the connection before the answer. The next connection is a new one.
    private Answer sendAgain(HttpRequest.Builder request) {
        try {
            return Answer.of(client.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError("No answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        source = new SwitchedDataSource(database.dataSource());
        jdbi = Jdbi.create(source).installPlugin(new SqlObjectPlugin()).installPlugin(new PostgresPlugin());
        ends = new JobEnds(jdbi);
        watch = new JobWatch(jdbi);
        watch.start();
        streams = new EventStreams(java.time.Duration.ofSeconds(2));
        streams.start();
        worker = new StepWorker(jdbi, ends);
        support = new DropwizardTestSupport<>(TestApplication.class, dropwizard()) {
            @Override
            public Application<Configuration> newApplication() {
                return new TestApplication();
            }
        };
        support.before();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        streams.release();
        if (remote != null) {
            remote.release();
        }
        support.after();
        if (remote != null) {
            remote.close();
        }
        streams.stop();
        feed.stop();
        watch.stop();
        executor.shutdownNow();
    }

    private Configuration dropwizard() {
        HttpConnectorFactory connector = new HttpConnectorFactory();
        connector.setPort(0);
        connector.setBindHost("127.0.0.1");
        connector.setIdleTimeout(idleTimeout);
        HttpConnectorFactory admin = new HttpConnectorFactory();
        admin.setPort(0);
        admin.setBindHost("127.0.0.1");
        DefaultServerFactory server = new DefaultServerFactory();
        server.setApplicationConnectors(List.of(connector));
        server.setAdminConnectors(List.of(admin));
        server.setShutdownGracePeriod(Duration.seconds(10));
        Configuration configuration = new Configuration();
        configuration.setServerFactory(server);
        return configuration;
    }

    private final class TestApplication extends Application<Configuration> {
        private final ToolRegistry registry = ToolRegistry.of(tools);

        @Override
        public void run(Configuration dropwizard, Environment environment) {
            remote = servesRemote ? new RemoteSide(database, registry, ends) : null;
            GroupCommit commits = servesRemote
                    ? new GroupCommit(jdbi, remote.workers()::wakeUp, remote.workers())
                    : new GroupCommit(jdbi, () -> {});
            commits.start();
            QueueLimit queue = new QueueLimit(
                    jdbi,
                    name -> registry.find(name).orElseThrow().policy().limits().maxQueue(),
                    configuration.maxQueue());
            Intake intake = new Intake(
                    jdbi,
                    submission -> {
                        check(submission);
                        queue.check(submission);
                    },
                    commits,
                    new JointCommit(jdbi, () -> {}, ids -> {}));
            Readiness readiness = new Readiness(List.of(() -> schema));
            JobQueries queries = jdbi.onDemand(JobQueries.class);
            Submissions submissions = new Submissions(configuration, intake);
            waits = new JobWaits(queries, ends, watch, ends::lookAt, executor);
            DefaultServerFactory server = (DefaultServerFactory) dropwizard.getServerFactory();
            ApiErrors.install(server, environment, readiness, suspicions::incrementAndGet);
            JobLists lists = new JobLists(queries);
            environment.jersey().register(new JobsResource(submissions, lists, waits));
            environment.jersey().register(new RetryResource(queries, submissions, configuration.defaultTtl()));
            environment
                    .jersey()
                    .register(new BatchesResource(
                            new BatchSubmissions(configuration, intake), new JobLines(configuration, intake)));
            environment.jersey().register(new BatchResource(jdbi.onDemand(BatchQueries.class)));
            environment
                    .jersey()
                    .register(new SchedulesResource(
                            jdbi.onDemand(Schedules.class), configuration, intake, lists, () -> {}));
            environment
                    .jersey()
                    .register(new JobEventsResource(queries, watch, streams, environment.getObjectMapper()));
            environment
                    .jersey()
                    .register(new BulkCancelResource(queries, lists, new BulkCancellation(jdbi, ends::lookAt)));
            environment
                    .jersey()
                    .register(
                            new BulkRetryResource(lists, new BulkRetries(queries, intake, configuration.defaultTtl())));
            environment.jersey().register(new NodesResource(jdbi.onDemand(NodeQueries.class)));
            environment.jersey().register(new StatsResource(jdbi));
            feed = new ChangeFeed<>(
                    jdbi, (change, place) -> FeedEvent.of(environment.getObjectMapper(), change, place));
            feed.start();
            environment.jersey().register(new EventsResource(feed, streams));
            environment.jersey().register(new JobResource(queries, new Cancellation(jdbi), waits));
            PausedTools paused = new PausedTools(jdbi);
            environment
                    .jersey()
                    .register(new ToolsResource(registry, paused, submissions, waits, configuration.invokeWait()));
            environment.jersey().register(new ToolResource(registry, paused, jdbi, configuration));
            environment.jersey().register(new HealthResource(readiness));
            environment.jersey().register(new DescriptionResource());
            callbacks = new StoredCallbacks(jdbi, () -> "");
            environment.jersey().register(new CallbacksResource(callbacks, configuration));
            if (servesRemote) {
                environment.jersey().register(new WorkersResource(remote.remote(), registry, executor, configuration));
                environment.jersey().register(new AttemptResource(remote.remote(), configuration));
            }
            environment.jersey().register(new BrokenResource());
            environment.servlets().addServlet("broken", new BrokenServlet()).addMapping("/broken-servlet");
        }

        private void check(Submission submission) throws SubmissionRejected {
            if (rejection != null) {
                throw rejection;
            }
            RegisteredTool tool = registry.find(submission.tool())
                    .orElseThrow(() -> new SubmissionRejected(
                            SubmissionRejected.Reason.UNKNOWN_TOOL,
                            "There is no tool named " + submission.tool() + ".",
                            List.of(new Field("/tool", "is not the name of a tool"))));
            List<Field> wrong = tool.check(ParamsJson.parse(submission.params())).stream()
                    .map(error -> new Field("/params" + error.pointer(), error.message()))
                    .toList();
            if (!wrong.isEmpty()) {
                throw new SubmissionRejected(SubmissionRejected.Reason.INVALID_PARAMS, "The params do not fit.", wrong);
            }
        }
    }

    /** Fails outside the resources. */
    private static final class BrokenServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws ServletException {
            throw new ServletException("secret-password");
        }
    }

    /** Fails as no resource of ours should. */
    @Path("/broken")
    public static final class BrokenResource {
        /** Throws. */
        @GET
        public String fail() {
            throw new IllegalStateException("secret-password in SELECT * FROM jobs");
        }
    }
}
