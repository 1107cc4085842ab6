package io.longhaul.workers.run;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.sql.JobTransitions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Marks jobs as running in {@code jobs}. For one thread. */
public final class RunningMarks {
    private final Jdbi jdbi;

    /** True while rows are looked for that other transactions hold, because one has held a mark up. */
    private boolean heldUp;

    public RunningMarks(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Marks jobs, or none if it throws.
     *
     * @return all but those whose rows are held by other transactions, for as long as they like. Whoever writes the outcome
     *     of one whose row cannot be changed reports it
     */
    public List<Lease> show(List<Lease> jobs) {
        List<Lease> free = heldUp ? free(jobs) : jobs;
        try {
            mark(free);
        } catch (RuntimeException e) {
            // The next time leaves out what is held.
            heldUp |= DatabaseFault.of(e) == DatabaseFault.BUSY;
            throw e;
        }
        heldUp = free.size() < jobs.size();
        return free;
    }

    private List<Lease> free(List<Lease> some) {
        UUID[] ids = Leases.sorted(some).ids();
        Set<UUID> locked = Set.copyOf(jdbi.withExtension(JobTransitions.class, t -> t.locked(ids)));
        return some.stream().filter(lease -> !locked.contains(lease.jobId())).toList();
    }

    private void mark(List<Lease> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        try {
            Leases leases = Leases.sorted(jobs);
            jdbi.useExtension(
                    JobTransitions.class, t -> t.showRunning(leases.ids(), leases.attempts(), leases.nodes()));
        } catch (RuntimeException e) {
            if (!DatabaseFault.of(e).refuses()) {
                throw e;
            }
            if (jobs.size() > 1) {
                jobs.forEach(one -> mark(List.of(one)));
            }
        }
    }
}
