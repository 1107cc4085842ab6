package io.longhaul.server;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.api.intake.RetryResource;
import io.longhaul.api.intake.Submissions;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.api.jobs.LogReader;
import io.longhaul.api.operations.OperationResource;
import io.longhaul.api.operations.OperationsResource;
import io.longhaul.api.questions.InputsResource;
import io.longhaul.api.schedules.SchedulesResource;
import io.longhaul.api.tools.ToolResource;
import io.longhaul.api.views.ViewsResource;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKeys;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Sessions;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.console.Console;
import io.longhaul.console.PageChanges;
import io.longhaul.console.ReadinessNews;
import io.longhaul.console.Reads;
import io.longhaul.console.TroublesPage;
import io.longhaul.console.jobs.AllJobs;
import io.longhaul.console.jobs.AnswerAction;
import io.longhaul.console.jobs.FailuresPage;
import io.longhaul.console.jobs.JobActions;
import io.longhaul.console.jobs.JobDownloads;
import io.longhaul.console.jobs.JobPage;
import io.longhaul.console.jobs.JobsPage;
import io.longhaul.console.jobs.LogPage;
import io.longhaul.console.jobs.OperationPages;
import io.longhaul.console.jobs.ResultCsv;
import io.longhaul.console.jobs.ResultImages;
import io.longhaul.console.jobs.SelectedJobs;
import io.longhaul.console.jobs.ViewActions;
import io.longhaul.console.operations.AuditPage;
import io.longhaul.console.operations.NodesPage;
import io.longhaul.console.operations.OverviewPage;
import io.longhaul.console.operations.ScheduleActions;
import io.longhaul.console.operations.SchedulesPage;
import io.longhaul.console.operations.SchemaPage;
import io.longhaul.console.tools.ToolPage;
import io.longhaul.console.tools.ToolPauses;
import io.longhaul.console.tools.ToolsPage;
import io.longhaul.files.FileStore;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.questions.Answering;
import io.longhaul.readiness.Readiness;
import io.longhaul.schema.Cures;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.tools.ToolRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/** The console: its pages, on the parts of the API that do the same for programs. */
final class ConsoleModule {
    private final Jdbi jdbi;
    private final Console console;
    private final boolean secure;
    private final Readiness readiness;
    private final Supplier<SchemaState> schema;
    private final WaitingReasons reasons;
    private final Cures cures;

    ConsoleModule(
            ServiceConfiguration configuration,
            Jdbi jdbi,
            Readiness readiness,
            Supplier<SchemaState> schema,
            WaitingReasons reasons,
            Cures cures) {
        this.cures = cures;
        this.jdbi = jdbi;
        this.readiness = readiness;
        this.schema = schema;
        this.reasons = reasons;
        boolean asksForKeys = configuration.auth().mode() == AccessConfiguration.Mode.KEYS;
        Sessions sessions =
                asksForKeys ? new Sessions(new ApiKeys(jdbi.onDemand(KeyStatements.class)), Clock.systemUTC()) : null;
        console = isOn(configuration)
                ? new Console(
                        sessions,
                        SignInModule.provider(configuration),
                        configuration.auth().guests(),
                        readiness,
                        Server.VERSION,
                        configuration.publicUrl())
                : null;
        secure = configuration.publicUrl().toLowerCase(Locale.ROOT).startsWith("https:");
    }

    /** Off by default where strangers could open it. */
    static boolean isOn(ServiceConfiguration configuration) {
        boolean asksForKeys = configuration.auth().mode() == AccessConfiguration.Mode.KEYS;
        return configuration.console().isOn(asksForKeys || AccessModule.isLoopbackOnly(configuration));
    }

    /** Call it before the filter that asks for keys is installed. */
    void guard(Environment environment, FailureTranslator problems) {
        if (console != null) {
            console.guard(environment, problems);
        }
    }

    /**
     * The parts of the API that the pages use.
     *
     * @param mostBytes largest body of a submit
     */
    record Parts(
            JobResource jobs,
            RetryResource retries,
            OperationsResource operations,
            OperationResource operation,
            ToolResource tool,
            Submissions submissions,
            PausedTools paused,
            InputsResource inputs,
            Answering answering,
            FileStore files,
            SchedulesResource schedules,
            ViewsResource views,
            int mostBytes) {}

    void install(Environment environment, ToolRegistry tools, EventsModule events, Parts api) {
        if (console == null) {
            return;
        }
        Reads reads = new Reads(jdbi);
        LogReader logs = new LogReader(jdbi);
        PageChanges changes = new PageChanges(events.feed(), events.streams());
        environment.lifecycle().manage(new ReadinessNews(readiness, changes::tellAll));
        JobPage job = new JobPage(reads, logs, reasons, api.answering(), api.files());
        console.install(
                environment,
                List.of(
                        changes,
                        new TroublesPage(),
                        new JobsPage(reads, tools, reasons),
                        new ViewActions(api.views()),
                        job,
                        new JobDownloads(jdbi.onDemand(JobQueries.class), logs),
                        new LogPage(reads, logs),
                        new ResultCsv(jdbi.onDemand(JobQueries.class)),
                        new ResultImages(jdbi.onDemand(JobQueries.class)),
                        new AnswerAction(job, api.inputs(), api.mostBytes()),
                        new JobActions(api.jobs(), api.retries()),
                        new SelectedJobs(api.jobs(), api.retries()),
                        new AllJobs(reads, api.operations()),
                        new OperationPages(reads, api.operation()),
                        new FailuresPage(reads, tools),
                        new ToolsPage(tools, api.paused()),
                        new ToolPage(tools, api.paused(), reads, api.submissions(), api.mostBytes()),
                        new ToolPauses(api.tool()),
                        new OverviewPage(reads, tools, readiness),
                        new SchedulesPage(reads),
                        new ScheduleActions(api.schedules()),
                        new AuditPage(reads),
                        new NodesPage(reads),
                        new SchemaPage(schema, jdbi, cures)),
                secure);
    }
}
