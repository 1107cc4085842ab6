package io.longhaul.operations;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.BulkTransitions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Cancels jobs of an operation: jobs and outcomes change in one transaction. */
public final class CancelPart implements OperationWorker.Part {
    private final Jdbi jdbi;
    private final JobSignals signals;

    public CancelPart(Jdbi jdbi, JobSignals signals) {
        this.jdbi = jdbi;
        this.signals = signals;
    }

    @Override
    public void change(BulkOperation operation, List<JobOutcome> jobs) {
        List<UUID> cancelled = jdbi.inTransaction(handle -> cancel(operation, jobs, handle));
        if (!cancelled.isEmpty()) {
            signals.cancelled(cancelled);
        }
    }

    private static List<UUID> cancel(BulkOperation operation, List<JobOutcome> jobs, Handle handle) {
        OperationStatements statements = handle.attach(OperationStatements.class);
        if (statements.lock(operation.id()).isEmpty()) {
            return List.of();
        }
        UUID[] ids = jobs.stream().map(JobOutcome::jobId).toArray(UUID[]::new);
        BulkTransitions transitions = handle.attach(BulkTransitions.class);
        List<UUID> locked = transitions.lock(ids);
        List<UUID> cancelled = transitions.cancel(locked.toArray(UUID[]::new));
        Map<UUID, JobStatus> now = statements.statuses(ids);
        Decisions decisions = new Decisions(operation);
        for (JobOutcome job : jobs) {
            decide(job, Set.copyOf(cancelled), now.get(job.jobId()), decisions);
        }
        decisions.write(statements, jobs.get(jobs.size() - 1).position());
        return cancelled;
    }

    /** A job that another transaction holds is left for later. */
    private static void decide(JobOutcome job, Set<UUID> cancelled, JobStatus now, Decisions decisions) {
        if (cancelled.contains(job.jobId())) {
            decisions.add(job.done(null));
        } else if (now == null) {
            decisions.add(job.skipped("JOB_NOT_FOUND", "The job was removed."));
        } else if (now.isFinal()) {
            decisions.add(job.skipped("ALREADY_ENDED", "The job had ended before: it is " + now.label() + "."));
        }
    }
}
