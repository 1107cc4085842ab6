package io.longhaul.server;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.batches.BatchResource;
import io.longhaul.api.batches.BatchSubmissions;
import io.longhaul.api.batches.BatchesResource;
import io.longhaul.api.batches.BulkCancelResource;
import io.longhaul.api.batches.BulkRetries;
import io.longhaul.api.batches.BulkRetryResource;
import io.longhaul.api.batches.JobLines;
import io.longhaul.api.description.DescriptionResource;
import io.longhaul.api.events.EventsResource;
import io.longhaul.api.events.JobEventsResource;
import io.longhaul.api.intake.JobsResource;
import io.longhaul.api.intake.RetryResource;
import io.longhaul.api.intake.Submissions;
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
import io.longhaul.api.tools.ToolListResource;
import io.longhaul.api.tools.ToolResource;
import io.longhaul.api.tools.ToolsResource;
import io.longhaul.api.views.ViewsResource;
import io.longhaul.api.workers.AttemptInputsResource;
import io.longhaul.api.workers.AttemptResource;
import io.longhaul.api.workers.BroughtToolResource;
import io.longhaul.api.workers.WorkersResource;
import io.longhaul.files.FileStore;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.control.BulkCancellation;
import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.jobs.sql.BatchQueries;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.NodeQueries;
import io.longhaul.jobs.sql.PredecessorQueries;
import io.longhaul.operations.Operations;
import io.longhaul.questions.Answering;
import io.longhaul.readiness.Readiness;
import io.longhaul.schedules.Schedules;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.views.ViewStatements;
import io.longhaul.workers.Workers;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.release.ReleaseLoop;
import io.longhaul.workers.remote.Remote;
import java.util.List;
import java.util.concurrent.Executor;
import org.jdbi.v3.core.Jdbi;

/** The HTTP API: its resources, on the parts of a node. */
final class ApiModule {
    private final ApiConfiguration api;
    private final Environment environment;
    private final Node node;
    private final Answers answers;
    private final Intake intake;
    private final JobQueries queries;
    private final JobLists lists;
    private final Submissions submissions;
    private final Answering inputs;

    /** What requests read and act on. */
    record Node(
            Jdbi jdbi,
            JobSignals signals,
            ToolRegistry tools,
            Workers workers,
            Remote remote,
            ReleaseLoop releases,
            EventsModule events,
            Telemetry telemetry) {}

    /** How requests wait and what they are told. */
    record Answers(JobWaits waits, Executor executor, Readiness readiness, WaitingReasons reasons) {}

    ApiModule(ApiConfiguration api, Environment environment, Node node, Answers answers, Intake intake) {
        this.api = api;
        this.environment = environment;
        this.node = node;
        this.answers = answers;
        this.intake = intake;
        this.queries = node.jdbi().onDemand(JobQueries.class);
        this.lists = new JobLists(queries);
        this.submissions = new Submissions(api, intake);
        this.inputs = new Answering(node.jdbi(), node.signals());
    }

    JobQueries queries() {
        return queries;
    }

    Submissions submissions() {
        return submissions;
    }

    /** Registers all resources, and returns those through which the console acts as well. */
    ConsoleModule.Parts register(FileStore files) {
        InputsResource questions = new InputsResource(queries, inputs, api);
        JobResource job =
                new JobResource(queries, new Cancellation(node.jdbi()), answers.waits(), inputs, answers.reasons());
        RetryResource retry = new RetryResource(queries, submissions, api.defaultTtl());
        SchedulesResource schedules = new SchedulesResource(
                node.jdbi().onDemand(Schedules.class), api, intake, lists, node.releases()::schedulesChanged);
        ViewsResource views = new ViewsResource(node.jdbi().onDemand(ViewStatements.class));
        ToolResource tool = new ToolResource(node.tools(), node.workers().pausedTools(), node.jdbi(), api);
        Operations operations = new Operations(node.jdbi(), node.telemetry());
        OperationsResource many = new OperationsResource(operations, lists, api);
        OperationResource operation = new OperationResource(operations);
        register(questions, job, retry, schedules, views, tool, many, operation);
        registerJobs();
        registerMany();
        registerWorkers();
        registerNode();
        return new ConsoleModule.Parts(
                job,
                retry,
                many,
                operation,
                tool,
                submissions,
                node.workers().pausedTools(),
                questions,
                inputs,
                files,
                schedules,
                views,
                api.maxBodyBytes());
    }

    private void register(Object... resources) {
        List.of(resources).forEach(environment.jersey()::register);
    }

    private void registerJobs() {
        register(
                new JobsResource(submissions, lists, answers.waits()),
                new LogsResource(queries, new LogReader(node.jdbi())),
                new ChainResource(queries, node.jdbi().onDemand(PredecessorQueries.class)),
                new FailuresResource(node.jdbi()),
                new JobEventsResource(
                        queries, node.events().jobs(), node.events().streams(), environment.getObjectMapper()),
                new EventsResource(node.events().feed(), node.events().streams()));
    }

    private void registerMany() {
        register(
                new BatchesResource(new BatchSubmissions(api, intake), new JobLines(api, intake)),
                new BatchResource(
                        node.jdbi().onDemand(BatchQueries.class), node.events().batchEnds(), answers.waits()),
                new BulkCancelResource(queries, lists, new BulkCancellation(node.jdbi(), node.signals())),
                new BulkRetryResource(lists, new BulkRetries(queries, intake, api.defaultTtl())));
    }

    private void registerWorkers() {
        ToolsResource tools = new ToolsResource(
                node.tools(), node.workers().pausedTools(), submissions, answers.waits(), api.invokeWait());
        register(
                tools,
                new ToolListResource(tools),
                new WorkersResource(node.remote(), node.tools(), answers.executor(), api),
                new AttemptResource(node.remote(), api),
                new AttemptInputsResource(node.remote(), answers.executor(), api),
                new BroughtToolResource(node.remote().tools()));
    }

    private void registerNode() {
        register(
                new NodesResource(node.jdbi().onDemand(NodeQueries.class)),
                new StatsResource(node.jdbi()),
                new HealthResource(answers.readiness()),
                new DescriptionResource());
    }
}
