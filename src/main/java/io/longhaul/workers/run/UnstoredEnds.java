package io.longhaul.workers.run;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.sql.HeldJobs;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;

/**
 * The attempts that began here and whose outcome could not be stored, or not be told. The node renews their leases like
 * all others, so it has to end them itself: each counts as a lost worker, so that a job whose outcome is always refused
 * does not run for ever.
 */
final class UnstoredEnds {
    /** The name under which rows are set aside. */
    private static final String TASK = "outcome";

    /** As long as a row is set aside at first. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Jdbi jdbi;
    private final Telemetry telemetry;
    private final JobSignals signals;

    /** Each with the time of the next try. */
    private final Map<Lease, Long> dueNanos = new ConcurrentHashMap<>();

    UnstoredEnds(Jdbi jdbi, Telemetry telemetry, JobSignals signals) {
        this.jdbi = jdbi;
        this.telemetry = telemetry;
        this.signals = signals;
    }

    void add(Lease lease) {
        dueNanos.put(lease, System.nanoTime());
    }

    boolean holds(Lease lease) {
        return dueNanos.containsKey(lease);
    }

    /** Ends those that are due, one by one: the database may refuse this, too. */
    void end() {
        dueNanos.keySet().forEach(lease -> {
            if (isDue(lease)) {
                end(lease);
            }
        });
    }

    private boolean isDue(Lease lease) {
        Long due = dueNanos.get(lease);
        return due != null && System.nanoTime() - due >= 0;
    }

    private void end(Lease lease) {
        try {
            Leases one = Leases.of(List.of(lease));
            List<UUID> ended = jdbi.withExtension(
                    JobTransitions.class, t -> t.loseOutcomes(one.ids(), one.attempts(), one.nodes()));
            dueNanos.remove(lease);
            signals.ended(ended);
            signals.claimable();
        } catch (RuntimeException e) {
            DatabaseFault fault = DatabaseFault.of(e);
            if (!fault.refuses() && fault != DatabaseFault.BUSY) {
                throw e;
            }
            putOff(lease);
            if (fault == DatabaseFault.BUSY) {
                putOffHeld();
                return;
            }
            jdbi.useExtension(
                    Quarantine.class,
                    q -> q.add(TASK, lease.jobId(), DatabaseFault.root(e).getMessage()));
            telemetry.quarantined(TASK, lease.jobId(), e);
        }
    }

    private void putOff(Lease lease) {
        dueNanos.put(lease, System.nanoTime() + PAUSE.toNanos());
    }

    /** Other transactions hold rows, each of which would hold up the others here. */
    private void putOffHeld() {
        List<Lease> due = dueNanos.keySet().stream().filter(this::isDue).toList();
        Set<UUID> held = HeldJobs.among(due.stream().map(Lease::jobId).toArray(UUID[]::new), jdbi);
        due.stream().filter(lease -> held.contains(lease.jobId())).forEach(this::putOff);
    }
}
