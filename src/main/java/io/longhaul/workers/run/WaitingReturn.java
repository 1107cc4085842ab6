package io.longhaul.workers.run;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.JobTransitions;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Returns claimed jobs that were not begun, so that other nodes can take them. */
final class WaitingReturn {
    /** Several times the wait that a job claimed ahead should have. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final Jdbi jdbi;
    private final Executions executions;
    private final Attempts.Feedback feedback;

    WaitingReturn(Jdbi jdbi, Executions executions, Attempts.Feedback feedback) {
        this.jdbi = jdbi;
        this.executions = executions;
        this.feedback = feedback;
    }

    /** Returns jobs that were claimed ahead and found no slot in time. */
    void returnLate() {
        returnWaiting(PATIENCE);
    }

    void returnAll() {
        returnWaiting(Duration.ZERO);
    }

    private void returnWaiting(Duration atLeast) {
        List<Execution> late = executions.takeWaiting(atLeast);
        if (late.isEmpty()) {
            return;
        }
        List<ClaimedJob> jobs = late.stream().map(Execution::job).toList();
        try {
            unclaim(jobs);
        } finally {
            // Should the statement fail, no attempt has these leases and they are given back as unknown ones.
            executions.forget(late);
            feedback.returned(jobs);
        }
    }

    /** Returns jobs whose tool has left between the claim and the begin. */
    void returnUnbegun(List<ClaimedJob> jobs) {
        unclaim(jobs);
        feedback.returned(jobs);
    }

    private void unclaim(List<ClaimedJob> jobs) {
        Leases leases = Leases.sorted(jobs.stream().map(ClaimedJob::lease).toList());
        jdbi.useExtension(JobTransitions.class, t -> t.unclaim(leases.ids(), leases.attempts(), leases.nodes()));
    }
}
