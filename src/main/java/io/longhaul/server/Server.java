package io.longhaul.server;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.lifecycle.Managed;
import io.longhaul.admin.DrainTask;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.backpressure.AnswerLane;
import io.longhaul.api.errors.ErrorHandling;
import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.intake.SubmitFilter;
import io.longhaul.api.intake.ToolParamsCheck;
import io.longhaul.api.longpoll.JobWaits;
import io.longhaul.api.schedules.ScheduleReader;
import io.longhaul.api.tools.CallbacksResource;
import io.longhaul.callbacks.StoredCallbacks;
import io.longhaul.checkpoints.StoredCheckpoints;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.embedded.EmbeddedPostgres;
import io.longhaul.database.probe.EngineWatch;
import io.longhaul.database.watch.OldestTransactionMetric;
import io.longhaul.database.watch.SettingsWatch;
import io.longhaul.database.watch.TransactionWatch;
import io.longhaul.events.Listener;
import io.longhaul.events.Notifier;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.chains.Chains;
import io.longhaul.jobs.intake.GroupCommit;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.QueueLimit;
import io.longhaul.jobs.intake.SubmissionCheck;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.mcp.McpServer;
import io.longhaul.questions.Answering;
import io.longhaul.readiness.Readiness;
import io.longhaul.schedules.Scheduler;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.SchemaConfiguration;
import io.longhaul.schema.watch.JobsTableCheck;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.schema.watch.SchemaWatch;
import io.longhaul.telemetry.BoundedLabel;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.telemetry.TelemetryLog;
import io.longhaul.telemetry.TelemetryMetrics;
import io.longhaul.telemetry.queues.QueueMetrics;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.webhooks.Deliverer;
import io.longhaul.webhooks.DeliveryCleaner;
import io.longhaul.workers.Workers;
import io.longhaul.workers.housekeeping.StatsMaker;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.NodeState;
import io.longhaul.workers.release.ReleaseLoop;
import io.longhaul.workers.remote.Remote;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wires a serving node, and sets the order in which its parts start and stop. The part that is managed first stops
 * last, so the database comes first.
 */
public final class Server {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul");

    /** The version of this release, or "development" without a manifest, as in tests. */
    static final String VERSION = version();

    private final ServiceConfiguration configuration;
    private final Environment environment;
    private final ToolRegistry tools;
    private final ToolContext toolContext;
    private final ToolReload reload;
    private final Cures cures;
    private final JobSignals signals = new JobSignals();
    private final DatabasePools pools;
    private final SchemaWatch schema;
    private final Jdbi jdbi;
    private final Jdbi workerJdbi;
    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private final BoundedLabel toolNames = new BoundedLabel(NodeMetrics.TOOLS);
    private final TransactionWatch transactions;
    private final SettingsWatch settings;
    private final EngineWatch engine;
    private final Telemetry telemetry;
    private final Node node;
    private final Workers workers;
    private final EventsModule events;
    private final Notifier notifier;
    private final Listener listener;
    private final PublicUrl address;
    private final WebhooksModule webhooks;
    private final ReleaseLoop releases;
    private final Remote remote;
    private final FilesModule files;
    private final JobWaits waits;
    private final Executor answering;
    private final Readiness readiness;
    private final WaitingReasons reasons;
    private final Intake intake;
    private final FailureTranslator problems;
    private final McpServer mcp;

    /** Makes all parts; none runs until the server starts. */
    public Server(
            ServiceConfiguration configuration,
            Environment environment,
            ToolRegistry tools,
            ToolContext toolContext,
            ToolReload reload,
            Cures cures)
            throws Exception {
        this.reload = reload;
        this.cures = cures;
        this.configuration = configuration;
        this.environment = environment;
        this.tools = tools;
        this.toolContext = toolContext;
        AccessModule.requireSafe(configuration, System.getenv(), cures.toCaller());
        DatabaseConfiguration database = configuration.database();
        if (database.isEmbedded()) {
            EmbeddedPostgres postgres = DatabasePools.startEmbedded(configuration, cures.toCaller());
            // Until the server runs, the end of the JVM stops PostgreSQL; afterwards it stops after all parts that
            // are managed later.
            manage(postgres::stopOnlyOnClose, postgres::close);
        }
        DatabasePools.findPooler(database);
        engine = new EngineWatch(() -> database.direct().openPlain("longhaul-probe"));
        pools = new DatabasePools(database, environment, engine::lockMode);
        ManagedDataSource requests = pools.requests();
        schema = new SchemaWatch(requests, SchemaExpectation.packed(), cures);
        jdbi = jdbi(requests, "database");
        watchSchema();
        transactions = new TransactionWatch(requests, configuration.oldTransaction());
        manage(transactions::start, transactions::stop);
        settings = new SettingsWatch(environment.lifecycle(), requests);
        environment.lifecycle().manage(settings);
        manage(engine::start, engine::stop);
        SchemaLog schemaLog = new SchemaLog(schema);
        pools.renewAtChangesOf(schema);
        workerJdbi = jdbi(new SchemaGuard(pools.workers(), schemaLog::tablesAreAway), "workers");
        telemetry = Telemetry.all(new TelemetryLog(schemaLog::explains), new TelemetryMetrics(metrics, toolNames));
        node = new Node(workerJdbi, new NodeState(this::isSchemaReady), telemetry, signals);
        workers = new Workers(node, tools, configuration.workers(), VERSION);
        events = new EventsModule(jdbi, environment.getObjectMapper());
        releases = releases();
        remote = new Remote(node, jdbi, tools, configuration.remote(), workers);
        notifier = new Notifier(jdbi, () -> node.state().hasPeers() && !engine.isDeaf());
        listener = new Listener(this::listening, signals);
        address = new PublicUrl(configuration.publicUrl());
        webhooks = webhooks();
        files = new FilesModule(jdbi, configuration.files());
        listen();
        addHousekeeping();
        manage();
        answering = new AnswerLane(threads("waits-%d"));
        waits = new JobWaits(jdbi.onDemand(JobQueries.class), events.jobEnds(), events.jobs(), answering);
        readiness = readiness();
        reasons = new WaitingReasons(jdbi, tools, () -> NodeConditions.schema(schema.state()));
        intake = intake();
        OperationsModule.addTo(
                workers.housekeeping(),
                new OperationsModule.Parts(
                        workerJdbi,
                        workers.pendingWork(),
                        signals,
                        intake,
                        configuration.api().defaultTtl(),
                        telemetry));
        problems = ErrorHandling.install(
                (AbstractServerFactory) configuration.getServerFactory(), environment, readiness, schema::suspect);
        if (configuration.api().unknownMembers() == ApiConfiguration.UnknownMembers.REFUSE) {
            UnknownMembers.refuse(environment.getApplicationContext().getServletContext());
        }
        mcp = mcp();
    }

    private Executor threads(String names) {
        return environment
                .lifecycle()
                .executorService(names)
                .maxThreads(Integer.MAX_VALUE)
                .workQueue(new SynchronousQueue<>())
                .build();
    }

    private Jdbi jdbi(ManagedDataSource source, String name) {
        return pools.jdbi(source, name, schema::suspect, () -> NodeConditions.schema(schema.state()));
    }

    private void watchSchema() throws CommandFailure {
        environment.healthChecks().register(JobsTableCheck.NAME, new JobsTableCheck(schema::state));
        if (configuration.schema().startup() == SchemaConfiguration.Startup.REQUIRE) {
            SchemaState state = firstCheck();
            if (!state.ready()) {
                throw new CommandFailure(state.message());
            }
        }
        environment.lifecycle().manage(schema);
    }

    /** A busy machine may need more than one check to open its first connection. */
    private SchemaState firstCheck() {
        SchemaState state = schema.check();
        for (int i = 0; i < 3 && state.status() == SchemaState.Status.UNREACHABLE; i++) {
            state = schema.check();
        }
        return state;
    }

    private boolean isSchemaReady() {
        return schema.state().ready() && !engine.isRefused();
    }

    /** The listener polls until it gets a connection. */
    private Connection listening() throws SQLException {
        if (engine.isDeaf()) {
            throw new SQLException("This engine delivers no notifications.");
        }
        return configuration.database().openConnection("longhaul-listener");
    }

    /** Uses the workers' pool, so that releasing jobs does not wait for connections of requests. */
    private ReleaseLoop releases() {
        ToolParamsCheck check = new ToolParamsCheck(tools, configuration.api().maxBodyBytes());
        return new ReleaseLoop(
                node,
                new Chains(
                        workerJdbi,
                        check,
                        configuration.api().maxBodyBytes(),
                        FilesModule.taken(tools),
                        FilesModule.shown(configuration.auth())),
                new Scheduler(
                        workerJdbi,
                        () -> tools.names().toArray(String[]::new),
                        new ScheduleReader(configuration.api()),
                        check,
                        new JointCommit(workerJdbi, signals, workers, FilesModule.taken(tools))),
                workers.pendingWork(),
                events.batchEnds()::ended);
    }

    private WebhooksModule webhooks() {
        return new WebhooksModule(
                new Deliverer.Node(
                        jdbi,
                        this::isSchemaReady,
                        () -> workers.pendingWork().shows(PendingWork.Seen::deliveries),
                        address,
                        telemetry,
                        metrics,
                        VERSION),
                configuration);
    }

    /**
     * Adds all who hear of signals. Those of one signal are called in the order in which they are added: first the parts that
     * work on jobs here, then waiting clients, then other nodes and webhooks.
     */
    private void listen() {
        signals.onClaimable(workers::claimSoon);
        signals.onClaimable(remote::claimSoon);
        signals.onReady(events::accepted);
        signals.onReady(notifier::jobsReady);
        signals.onStored(telemetry::stored);
        signals.onAwaited(releases::awaited);
        signals.onCancelled(workers::stopCancelled);
        signals.onCancelled(remote::stopCancelled);
        signals.onEnded(workers::ended);
        signals.onEnded(releases::ended);
        signals.onEnded(events::changed);
        signals.onEndedHere(notifier::jobsEnded);
        signals.onEndedHere(webhooks.deliverer()::wakeUp);
        signals.onEndedElsewhere(events::lookSoon);
        signals.onAnswered(workers::answered);
        signals.onAnswered(remote::answered);
        schema.onChange(state -> signals.claimable());
    }

    private void addHousekeeping() {
        workers.housekeeping().add(StatsMaker.TASK, new StatsMaker(workerJdbi));
        workers.housekeeping().add(AccessModule.CLEAN_UP, () -> AccessModule.cleanAudit(workerJdbi));
        workers.housekeeping().add(DeliveryCleaner.TASK, webhooks.cleaner()::clean);
        FilesModule.clean(
                workers.housekeeping(), workerJdbi, configuration.workers().cleanup());
    }

    /** In the order in which the parts start; they stop in the reverse order. */
    private void manage() {
        address.manage(environment.lifecycle());
        environment.lifecycle().manage(events);
        manage(notifier::start, notifier::stop);
        manage(listener::start, listener::stop);
        manage(webhooks.deliverer()::start, webhooks.deliverer()::stop);
        manage(this::startWorkers, () -> {});
        // Before the parts stop: requests are answered while running jobs end.
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStopping(LifeCycle server) {
                stopWorkers();
            }
        });
        manage(releases::start, releases::stop);
        manage(remote::start, remote::stop);
    }

    private void manage(Runnable start, Runnable stop) {
        environment.lifecycle().manage(new Managed() {
            @Override
            public void start() {
                start.run();
            }

            @Override
            public void stop() {
                stop.run();
            }
        });
    }

    private void startWorkers() {
        remote.awaitWorkers();
        workers.start();
    }

    private void stopWorkers() {
        LOG.info(
                "Stopping; jobs that run ({}) get up to {} s",
                workers.running(),
                configuration.workers().drain().toSeconds());
        workers.drain();
        waits.release();
        remote.release();
        events.streams().release();
        mcp.release();
        workers.stop();
    }

    /** Registers the API and the admin tasks, and connects the tools. */
    public void assemble() {
        webhooks.register(environment, configuration);
        registerApi();
        StoredCallbacks callbacks = new StoredCallbacks(jdbi, address);
        toolContext.useCallbacks(callbacks);
        toolContext.useCheckpoints(new StoredCheckpoints(jdbi));
        files.connect(toolContext, metrics);
        environment.jersey().register(new CallbacksResource(callbacks, configuration.api()));
        reload.manage(environment, signals::claimable);
        measure();
        Greeting greeting = new Greeting(configuration, tools, cures.toCaller(), this::lacksKeys);
        environment.lifecycle().addServerLifecycleListener(greeting);
        schema.onChange(greeting::schemaIs);
    }

    /** Looks itself: whoever watches the schema may not have looked yet. */
    private boolean lacksKeys() {
        return (schema.state().ready() || schema.check().ready())
                && !engine.isRefused()
                && AccessModule.lacksKeys(jdbi);
    }

    /** Registers the metrics, apart from those of events, and serves all of them on the admin port. */
    private void measure() {
        NodeMetrics node = new NodeMetrics(metrics);
        node.addBuild(VERSION, configuration.workers().node());
        node.addReadiness(readiness);
        node.addSchema(schema::state);
        node.addWorkers(workers);
        node.addWakeUp(configuration.database().canListen(), listener::isListening);
        webhooks.measure(metrics);
        OldestTransactionMetric.register(transactions, metrics);
        DropwizardMetrics.register(environment.metrics(), metrics);
        JvmMetrics.builder().register(metrics);
        metrics.register(new QueueMetrics(jdbi, toolNames, this::isSchemaReady));
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(metrics))
                .addMapping("/prometheus");
    }

    private Intake intake() {
        GroupCommit commits = new GroupCommit(jdbi, signals, workers);
        manage(commits::start, commits::stop);
        ToolParamsCheck params = new ToolParamsCheck(tools, configuration.api().maxBodyBytes());
        QueueLimit queue =
                new QueueLimit(jdbi, tools::maxQueue, configuration.api().maxQueue());
        SubmissionCheck webhook = webhooks.check();
        SubmissionCheck check = submission -> {
            params.check(submission);
            webhook.check(submission);
        };
        return new Intake(
                jdbi, check, queue, commits, new JointCommit(jdbi, signals, workers, FilesModule.taken(tools)));
    }

    private McpServer mcp() {
        McpServer.Features features =
                new McpServer.Features(configuration.mcp(), tools, intake, files.store(), new Answering(jdbi, signals));
        McpServer server = new McpServer(
                environment,
                jdbi,
                features,
                McpModule.jobEvents(events, reasons, answering),
                McpModule.shared(configuration, problems, readiness));
        manage(server::start, server::stop);
        workers.housekeeping().add(McpServer.CLEAN_UP, server::clean);
        return server;
    }

    private Readiness readiness() {
        NodeConditions conditions = new NodeConditions(
                workers, toolContext, configuration.database().canListen(), listener::isListening);
        return new Readiness(List.of(
                () -> NodeConditions.schema(schema.state()),
                engine::condition,
                pools::condition,
                conditions::claims,
                conditions::tools,
                conditions::leftBehind,
                transactions::condition,
                settings::condition,
                webhooks::condition,
                () -> NodeConditions.quarantine(workers.quarantined()),
                conditions::notifications));
    }

    private void registerApi() {
        ApiModule api = new ApiModule(
                configuration.api(),
                environment,
                new ApiModule.Node(jdbi, signals, tools, workers, remote, releases, events, telemetry),
                new ApiModule.Answers(waits, answering, readiness, reasons),
                intake);
        ConsoleModule console = new ConsoleModule(configuration, jdbi, readiness, schema::state, reasons, cures);
        console.guard(environment, problems);
        AccessModule.install(environment, configuration, jdbi, files.ownership(api.queries(), tools), problems);
        Executor answers = AnswerLane.ofSubmits(threads("submits-%d"));
        SubmitFilter.install(environment, api.submissions(), readiness, problems, answers);
        mcp.install();
        ConsoleModule.Parts parts = api.register(files.store());
        files.register(environment, api.queries());
        console.install(environment, tools, events, parts);
        environment.admin().addTask(new DrainTask(workers::drain, workers::resume, workers::running));
    }

    private static String version() {
        String version = Server.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
