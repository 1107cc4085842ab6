package io.longhaul.server;

import io.longhaul.api.intake.RetrySubmissions;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.operations.CancelPart;
import io.longhaul.operations.OperationCleaner;
import io.longhaul.operations.OperationWorker;
import io.longhaul.operations.RetryPart;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.claim.PendingWorkCache;
import io.longhaul.workers.housekeeping.Housekeeping;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/** Operations: their work and their removal are housekeeping. */
final class OperationsModule {
    private OperationsModule() {}

    /** To be called before the workers start. */
    static void addTo(Housekeeping housekeeping, Parts parts) {
        Jdbi jdbi = parts.jdbi();
        RetrySubmissions repetition = new RetrySubmissions(parts.usualTtl());
        housekeeping.add(
                OperationWorker.TASK,
                new OperationWorker(
                        jdbi,
                        () -> parts.pendingWork().shows(PendingWork.Seen::operations),
                        new CancelPart(jdbi, parts.signals()),
                        new RetryPart(jdbi, parts.intake(), repetition::of),
                        parts.telemetry()));
        housekeeping.add(OperationCleaner.TASK, new OperationCleaner(jdbi)::clean);
    }

    /**
     * What operations need.
     *
     * @param jdbi of the workers
     * @param pendingWork the look that loops share
     * @param signals tell that jobs were cancelled
     * @param intake takes the jobs that repeat others
     * @param usualTtl of jobs whose row has none
     */
    record Parts(
            Jdbi jdbi,
            PendingWorkCache pendingWork,
            JobSignals signals,
            Intake intake,
            Duration usualTtl,
            Telemetry telemetry) {}
}
