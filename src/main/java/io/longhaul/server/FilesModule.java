package io.longhaul.server;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.files.FilesResource;
import io.longhaul.api.files.JobFilesResource;
import io.longhaul.api.files.Transfers;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ownership.SubmissionOwnership;
import io.longhaul.files.CallFolders;
import io.longhaul.files.FileStore;
import io.longhaul.files.FileSweep;
import io.longhaul.files.FilesConfiguration;
import io.longhaul.jobs.intake.FilesShown;
import io.longhaul.jobs.intake.FilesTaken;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.json.TreeMemory;
import io.longhaul.tools.FileParams;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.workers.housekeeping.Housekeeping;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Connects the file store to jobs and tools. */
final class FilesModule {
    /** Each transfer keeps a thread and a part of its file in memory. */
    private static final int TRANSFERS_AT_ONCE = 64;

    private final FileStore store;

    FilesModule(Jdbi jdbi, FilesConfiguration configuration) {
        store = new FileStore(jdbi, configuration);
    }

    /** Gives tool calls their files; must run before the first call. */
    void connect(ToolContext toolContext, PrometheusRegistry metrics) {
        CallFolders folders = new CallFolders(store);
        GaugeWithCallback.builder()
                .name("longhaul_file_folders_left")
                .help("Folders of calls that could not be removed from this node's disk.")
                .callback(figure -> figure.call(folders.left()))
                .register(metrics);
        toolContext.useFolders(folders);
        Thread sweeping = new Thread(folders::sweep, "folder-sweep");
        sweeping.setDaemon(true);
        sweeping.start();
    }

    /** Deletes files that no job needs, as a housekeeping task. */
    static void clean(Housekeeping housekeeping, Jdbi jdbi, Duration interval) {
        housekeeping.add(FileSweep.TASK, new FileSweep(jdbi, interval)::run);
    }

    void register(Environment environment, JobQueries queries) {
        Transfers transfers = new Transfers(TRANSFERS_AT_ONCE);
        environment.jersey().register(new FilesResource(store, transfers));
        environment.jersey().register(new JobFilesResource(queries, store, transfers));
    }

    /** The check that submissions do not name jobs or files of other principals. */
    SubmissionOwnership ownership(JobQueries queries, ToolRegistry tools) {
        return new SubmissionOwnership(queries, store, taken(tools));
    }

    FileStore store() {
        return store;
    }

    /** Finds the uploaded files that submissions name in the params of their tools. */
    static FilesTaken taken(ToolRegistry tools) {
        return submission -> tools.find(submission.tool())
                .map(RegisteredTool::files)
                .filter(FileParams::any)
                .map(files -> taken(files, submission))
                .orElse(List.of());
    }

    /** Selects the uploaded files that a result may name in the job of a principal. Its role is not known any more. */
    static FilesShown shown(AccessConfiguration access) {
        return access.showsAll() ? FilesShown.ALL : FileStore::ofPrincipal;
    }

    private static List<FilesTaken.Taken> taken(FileParams files, Submission submission) {
        String params = submission.params();
        return TreeMemory.OF_HEAP.with(params, () -> files.in(ParamsJson.parse(params))).stream()
                .flatMap(place -> place.id().map(id -> new FilesTaken.Taken(place.pointer(), id)).stream())
                .toList();
    }
}
