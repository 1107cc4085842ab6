package io.longhaul.api;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.testing.DropwizardTestSupport;
import io.dropwizard.util.Duration;
import io.longhaul.admin.DrainTask;
import io.longhaul.admin.ReloadToolsTask;
import io.longhaul.api.access.AccessFilter;
import io.longhaul.api.access.AdminGate;
import io.longhaul.api.access.AuditResource;
import io.longhaul.api.backpressure.AnswerLane;
import io.longhaul.api.backpressure.Lanes;
import io.longhaul.api.batches.BatchResource;
import io.longhaul.api.batches.BatchSubmissions;
import io.longhaul.api.batches.BatchesResource;
import io.longhaul.api.batches.BulkCancelResource;
import io.longhaul.api.batches.BulkRetries;
import io.longhaul.api.batches.BulkRetryResource;
import io.longhaul.api.batches.JobLines;
import io.longhaul.api.description.DescriptionResource;
import io.longhaul.api.errors.ErrorHandling;
import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.api.events.EventsResource;
import io.longhaul.api.events.FeedEvent;
import io.longhaul.api.events.JobEventsResource;
import io.longhaul.api.files.FilesResource;
import io.longhaul.api.files.JobFilesResource;
import io.longhaul.api.files.Transfers;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.intake.JobsResource;
import io.longhaul.api.intake.RetryResource;
import io.longhaul.api.intake.Submissions;
import io.longhaul.api.intake.SubmitFilter;
import io.longhaul.api.intake.ToolParamsCheck;
import io.longhaul.api.jobs.ChainResource;
import io.longhaul.api.jobs.FailuresResource;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.api.jobs.LogReader;
import io.longhaul.api.jobs.LogsResource;
import io.longhaul.api.longpoll.JobWaits;
import io.longhaul.api.node.HealthResource;
import io.longhaul.api.node.NodesResource;
import io.longhaul.api.node.StatsResource;
import io.longhaul.api.operations.OperationResource;
import io.longhaul.api.operations.OperationsResource;
import io.longhaul.api.questions.InputsResource;
import io.longhaul.api.schedules.SchedulesResource;
import io.longhaul.api.tools.CallbacksResource;
import io.longhaul.api.tools.ToolListResource;
import io.longhaul.api.tools.ToolResource;
import io.longhaul.api.tools.ToolsResource;
import io.longhaul.api.views.ViewsResource;
import io.longhaul.api.webhooks.JobDeliveriesResource;
import io.longhaul.api.webhooks.WebhookDeliveriesResource;
import io.longhaul.api.webhooks.WebhookResource;
import io.longhaul.api.webhooks.WebhooksResource;
import io.longhaul.api.workers.AttemptInputsResource;
import io.longhaul.api.workers.AttemptResource;
import io.longhaul.api.workers.BroughtToolResource;
import io.longhaul.api.workers.WorkersResource;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.AuditStatements;
import io.longhaul.auth.ownership.SubmissionOwnership;
import io.longhaul.callbacks.StoredCallbacks;
import io.longhaul.events.BatchEnds;
import io.longhaul.events.ChangeFeed;
import io.longhaul.events.JobEnds;
import io.longhaul.events.JobStates;
import io.longhaul.files.FileStore;
import io.longhaul.files.FilesConfiguration;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.control.BulkCancellation;
import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.jobs.intake.FilesTaken;
import io.longhaul.jobs.intake.GroupCommit;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.IntakeHints;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.QueueLimit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.jobs.sql.BatchQueries;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.NodeQueries;
import io.longhaul.jobs.sql.PredecessorQueries;
import io.longhaul.questions.Answering;
import io.longhaul.readiness.Condition;
import io.longhaul.readiness.Readiness;
import io.longhaul.schedules.Schedules;
import io.longhaul.streams.EventStreams;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.views.ViewStatements;
import io.longhaul.webhooks.AddressPolicy;
import io.longhaul.webhooks.DeliveryLog;
import io.longhaul.webhooks.WebhookCheck;
import io.longhaul.webhooks.Webhooks;
import io.longhaul.webhooks.WebhooksConfiguration;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.jetty.io.EndPoint;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The API on a real Jetty and a real PostgreSQL, without workers. {@link StepWorker} does their part step by step. */
public final class ApiServer implements BeforeAllCallback, AfterAllCallback {
    /** Enough time for a slow machine. A test that needs all of it has failed. */
    public static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(60);

    final AtomicInteger suspicions = new AtomicInteger();

    /** Drains minus resumes. */
    public final AtomicInteger drains = new AtomicInteger();

    /** What the task answers that reads the tools again. */
    public ReloadToolsTask.Outcome reload = new ReloadToolsTask.Outcome(true, "Tools were read again.");

    volatile Condition schema = Condition.holds("schema", "The schema is right.");

    /** The rejection of each submission, if set. */
    volatile SubmissionRejected rejection;

    final UnwritableAnswers unwritable = new UnwritableAnswers();

    private final TestDatabase database;
    private final ApiConfiguration configuration;
    private final List<RegisteredTool> tools;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private Duration idleTimeout = Duration.seconds(30);
    private boolean keepsConnections;
    private int threads = 1024;
    private ExecutorService executor;
    private Executor answering;
    private ManagedDataSource pool;
    private SwitchedDataSource source;
    private Jdbi jdbi;
    private JobEnds ends;
    private BatchEnds batchEnds;
    private JobStates watch;
    private ChangeFeed<FeedEvent> feed;
    private EventStreams streams;
    private JobWaits waits;
    private StepWorker worker;
    private StoredCallbacks callbacks;
    private RemoteSide remote;
    private OperationSide operations;
    private boolean servesRemote;
    private FilesConfiguration fileLimits = FilesConfiguration.DEFAULT;
    private AccessConfiguration access;
    private DropwizardTestSupport<Configuration> support;

    public ApiServer(TestDatabase database, ApiConfiguration configuration, List<RegisteredTool> tools) {
        this.database = database;
        this.configuration = configuration;
        this.tools = tools;
    }

    /** Idle timeout of connections. Waiting requests must not depend on it. */
    ApiServer withIdleTimeout(Duration timeout) {
        idleTimeout = timeout;
        return this;
    }

    /** With this number of threads for requests. */
    ApiServer withThreads(int most) {
        threads = most;
        return this;
    }

    /** With other limits of files. */
    ApiServer withFiles(FilesConfiguration limits) {
        fileLimits = limits;
        return this;
    }

    /** The store of files. */
    FileStore files() {
        return new FileStore(jdbi, fileLimits);
    }

    /** Serves remote workers, too. */
    public ApiServer withRemote() {
        servesRemote = true;
        return this;
    }

    /** Installs authentication, as a server does. */
    public ApiServer withAuth(AccessConfiguration access) {
        this.access = access;
        return this;
    }

    /** Uses a connection pool, as a server does, for many requests. */
    ApiServer withPool() {
        keepsConnections = true;
        return this;
    }

    /** Does the work of all operations that can be done now. */
    void workOnOperations() {
        operations.work();
    }

    RemoteSide remote() {
        return remote;
    }

    public Jdbi jdbi() {
        return jdbi;
    }

    SwitchedDataSource source() {
        return source;
    }

    EventStreams streams() {
        return streams;
    }

    public StepWorker worker() {
        return worker;
    }

    BatchEnds batchEnds() {
        return batchEnds;
    }

    JobWaits waits() {
        return waits;
    }

    StoredCallbacks callbacks() {
        return callbacks;
    }

    public int port() {
        return support.getLocalPort();
    }

    /** The number of requests that wait for their turn. */
    int requestsInLine() {
        return support.getEnvironment()
                .getApplicationContext()
                .getDescendant(Lanes.class)
                .waiting();
    }

    /** From now on the connections that are open may be idle for this time. False if that of a client is not yet open here. */
    boolean limitIdle(java.time.Duration most, Socket client) {
        List<EndPoint> connections = Stream.of(support.getEnvironment()
                        .getApplicationContext()
                        .getServer()
                        .getConnectors())
                .flatMap(connector -> connector.getConnectedEndPoints().stream())
                .toList();
        connections.forEach(one -> one.setIdleTimeout(most.toMillis()));
        return connections.stream()
                .anyMatch(one -> client.getLocalSocketAddress().equals(one.getRemoteSocketAddress()));
    }

    public int adminPort() {
        return support.getAdminPort();
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
        Answer answer = send(headers.length == 0 ? request : request.headers(headers));
        Contract.checkTaken("POST", path, json, answer);
        return answer;
    }

    /** Submits a job for echo and returns its id. */
    String submit() {
        return post("/v1/jobs", "{\"tool\": \"echo\"}").text("/job_id");
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(PATIENCE);
    }

    /** Sends a request. The answer must match the API's description. */
    public Answer send(HttpRequest.Builder request) {
        Answer answer = sendOnce(request);
        HttpRequest sent = request.build();
        Contract.check(sent.method(), sent.uri().toString().replaceFirst("^http://[^/]*", ""), answer);
        return answer;
    }

    private Answer sendOnce(HttpRequest.Builder request) {
        try {
            return Answer.of(client.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            return sendAgain(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    // A server that refuses a request may close the connection while the body is still arriving (RFC 9112, 9.6), and
    // the
    // // client may see the end of the connection before the answer. The next connection is new.
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
        if (keepsConnections) {
            pool = TestJobs.workersPool(database, "requests");
            pool.start();
        }
        executor = Executors.newCachedThreadPool();
        answering = new AnswerLane(executor);
        source = new SwitchedDataSource(connections());
        jdbi = TestDatabase.jdbi(source::getConnection);
        ends = new JobEnds(jdbi);
        ends.start();
        batchEnds = new BatchEnds(jdbi);
        watch = new JobStates(jdbi);
        watch.start();
        streams = new EventStreams("event-streams", java.time.Duration.ofSeconds(10), java.time.Duration.ofSeconds(2));
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
    public void afterAll(ExtensionContext context) throws Exception {
        streams.release();
        waits.release();
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
        ends.stop();
        executor.shutdownNow();
        if (pool != null) {
            pool.stop();
        }
    }

    private DataSource connections() {
        return pool == null ? database.dataSource() : pool;
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
        server.setMaxThreads(threads);
        server.setShutdownGracePeriod(Duration.seconds(10));
        LogbackAccessRequestLogFactory quiet = new LogbackAccessRequestLogFactory();
        quiet.setAppenders(List.of());
        server.setRequestLogFactory(quiet);
        Configuration configuration = new Configuration();
        configuration.setServerFactory(server);
        ((DefaultLoggingFactory) configuration.getLoggingFactory()).setLevel("WARN");
        return configuration;
    }

    private final class TestApplication extends Application<Configuration> {
        private final ToolRegistry registry = ToolRegistry.of(tools);

        @Override
        public void run(Configuration dropwizard, Environment environment) {
            unwritable.install(environment);
            remote = servesRemote ? new RemoteSide(database, connections(), registry, ends) : null;
            GroupCommit commits = servesRemote
                    ? new GroupCommit(jdbi, remote.signals(), remote.workers())
                    : new GroupCommit(jdbi, new JobSignals());
            commits.start();
            QueueLimit queue = new QueueLimit(jdbi, registry::maxQueue, configuration.maxQueue());
            Webhooks webhooks = jdbi.onDemand(Webhooks.class);
            AddressPolicy addresses = WebhooksConfiguration.DEFAULT.addresses();
            WebhookCheck webhook = new WebhookCheck(webhooks, addresses);
            Intake intake = new Intake(
                    jdbi,
                    submission -> {
                        check(submission);
                        webhook.check(submission);
                    },
                    queue,
                    commits,
                    new JointCommit(jdbi, new JobSignals(), IntakeHints.NONE, this::filesOf));
            Readiness readiness = new Readiness(List.of(() -> schema));
            JobQueries queries = jdbi.onDemand(JobQueries.class);
            Submissions submissions = new Submissions(configuration, intake);
            waits = new JobWaits(queries, ends, watch, answering);
            DefaultServerFactory server = (DefaultServerFactory) dropwizard.getServerFactory();
            FailureTranslator problems =
                    ErrorHandling.install(server, environment, readiness, suspicions::incrementAndGet);
            Lanes.install(environment, server.getMaxThreads());
            if (configuration.unknownMembers() == ApiConfiguration.UnknownMembers.REFUSE) {
                UnknownMembers.refuse(environment.getApplicationContext().getServletContext());
            }
            if (access != null) {
                SubmissionOwnership belongings = new SubmissionOwnership(queries, files(), this::filesOf);
                AccessFilter.install(
                        environment, access, new AccessFilter.ServerAddress(true, ""), jdbi, belongings, problems);
                environment.jersey().register(new AuditResource(jdbi.onDemand(AuditStatements.class)));
                AdminGate.install(environment, access, "");
                environment.admin().addTask(new DrainTask(drains::incrementAndGet, drains::decrementAndGet, () -> 0));
                ReloadToolsTask.install(environment, () -> reload);
            }
            SubmitFilter.install(environment, submissions, readiness, problems, AnswerLane.ofSubmits(executor));
            JobLists lists = new JobLists(queries);
            environment.jersey().register(new JobsResource(submissions, lists, waits));
            environment.jersey().register(new RetryResource(queries, submissions, configuration.defaultTtl()));
            environment
                    .jersey()
                    .register(new BatchesResource(
                            new BatchSubmissions(configuration, intake), new JobLines(configuration, intake)));
            environment.jersey().register(new BatchResource(jdbi.onDemand(BatchQueries.class), batchEnds, waits));
            environment
                    .jersey()
                    .register(new SchedulesResource(
                            jdbi.onDemand(Schedules.class), configuration, intake, lists, () -> {}));
            environment
                    .jersey()
                    .register(new JobEventsResource(queries, watch, streams, environment.getObjectMapper()));
            JobSignals cancels = new JobSignals();
            cancels.onCancelled(ends::changed);
            environment.jersey().register(new BulkCancelResource(queries, lists, new BulkCancellation(jdbi, cancels)));
            environment
                    .jersey()
                    .register(
                            new BulkRetryResource(lists, new BulkRetries(queries, intake, configuration.defaultTtl())));
            operations = new OperationSide(jdbi, cancels, intake, configuration.defaultTtl());
            environment.jersey().register(new OperationsResource(operations.operations(), lists, configuration));
            environment.jersey().register(new OperationResource(operations.operations()));
            environment.jersey().register(new NodesResource(jdbi.onDemand(NodeQueries.class)));
            environment.jersey().register(new StatsResource(jdbi));
            environment.jersey().register(new FailuresResource(jdbi));
            environment.jersey().register(new ViewsResource(jdbi.onDemand(ViewStatements.class)));
            feed = new ChangeFeed<>(
                    jdbi, (change, place) -> FeedEvent.of(environment.getObjectMapper(), change, place));
            feed.start();
            environment.jersey().register(new EventsResource(feed, streams));
            Answering inputs = new Answering(jdbi, servesRemote ? remote.signals() : new JobSignals());
            WaitingReasons reasons = new WaitingReasons(jdbi, registry, () -> schema);
            environment.jersey().register(new ChainResource(queries, jdbi.onDemand(PredecessorQueries.class)));
            environment.jersey().register(new LogsResource(queries, new LogReader(jdbi)));
            environment.jersey().register(new JobResource(queries, new Cancellation(jdbi), waits, inputs, reasons));
            environment.jersey().register(new InputsResource(queries, inputs, configuration));
            PausedTools paused = new PausedTools(jdbi);
            ToolsResource tools = new ToolsResource(registry, paused, submissions, waits, configuration.invokeWait());
            environment.jersey().register(tools);
            environment.jersey().register(new ToolListResource(tools));
            environment.jersey().register(new ToolResource(registry, paused, jdbi, configuration));
            environment.jersey().register(new HealthResource(readiness));
            environment.jersey().register(new DescriptionResource());
            Transfers transfers = new Transfers(8);
            environment.jersey().register(new FilesResource(files(), transfers));
            environment.jersey().register(new JobFilesResource(queries, files(), transfers));
            callbacks = new StoredCallbacks(jdbi, () -> "");
            environment.jersey().register(new CallbacksResource(callbacks, configuration));
            DeliveryLog deliveries = jdbi.onDemand(DeliveryLog.class);
            environment.jersey().register(new WebhooksResource(webhooks, addresses, configuration, () -> {}));
            environment
                    .jersey()
                    .register(new WebhookResource(webhooks, deliveries, addresses, configuration, () -> {}));
            environment.jersey().register(new WebhookDeliveriesResource(webhooks, deliveries, () -> {}));
            environment.jersey().register(new JobDeliveriesResource(deliveries));
            if (servesRemote) {
                environment.jersey().register(new WorkersResource(remote.remote(), registry, answering, configuration));
                environment.jersey().register(new AttemptResource(remote.remote(), configuration));
                environment.jersey().register(new AttemptInputsResource(remote.remote(), answering, configuration));
                environment
                        .jersey()
                        .register(new BroughtToolResource(remote.remote().tools()));
            }
            environment.jersey().register(new BrokenResource());
            environment.servlets().addServlet("broken", new BrokenServlet()).addMapping("/broken-servlet");
        }

        private List<FilesTaken.Taken> filesOf(Submission submission) {
            return registry
                    .find(submission.tool())
                    .map(tool -> tool.files().in(ParamsJson.parse(submission.params())))
                    .orElse(List.of())
                    .stream()
                    .flatMap(place -> place.id().map(id -> new FilesTaken.Taken(place.pointer(), id)).stream())
                    .toList();
        }

        private void check(Submission submission) throws SubmissionRejected {
            if (rejection != null) {
                throw rejection;
            }
            new ToolParamsCheck(registry, configuration.maxBodyBytes()).check(submission);
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

    /** Fails as no real resource does. */
    @Path("/broken")
    public static final class BrokenResource {
        /** Throws. */
        @GET
        public String fail() {
            throw new IllegalStateException("secret-password in SELECT * FROM jobs");
        }
    }
}
