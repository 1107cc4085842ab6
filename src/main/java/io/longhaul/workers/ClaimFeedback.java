package io.longhaul.workers;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobSignals;
import io.longhaul.workers.claim.ClaimPlan;
import io.longhaul.workers.release.ConcurrencyGate;
import io.longhaul.workers.run.Attempts;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Passes on to claims and to the gate of concurrency keys what they learn from attempts. */
final class ClaimFeedback implements Attempts.Feedback {
    private final ClaimPlan plan;
    private final ConcurrencyGate gate;
    private final JobSignals signals;

    ClaimFeedback(ClaimPlan plan, ConcurrencyGate gate, JobSignals signals) {
        this.plan = plan;
        this.gate = gate;
        this.signals = signals;
    }

    @Override
    public void begun(ClaimedJob job) {
        gate.started(job);
    }

    @Override
    public void ended(Duration took) {
        plan.ended(took);
    }

    // Only once the lease is gone: while it stood, the job's place in a limit was taken.
    @Override
    public void freed(Collection<UUID> jobs) {
        gate.ended(jobs);
        if (plan.freed()) {
            signals.claimable();
        }
    }

    @Override
    public void returned(List<ClaimedJob> jobs) {
        plan.returned(jobs);
    }
}
