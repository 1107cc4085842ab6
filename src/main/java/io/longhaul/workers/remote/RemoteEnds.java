package io.longhaul.workers.remote;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.telemetry.AttemptEnd;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.run.OutcomeWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jdbi.v3.core.Jdbi;

/** Writes the outcomes of workers' attempts, each at once: the worker waits for the answer that it is stored. */
final class RemoteEnds {
    /** However many workers report at once, the node's own work needs connections, too. */
    private static final int WRITERS = 2;

    private final BlockingQueue<OutcomeWriter> writers = new ArrayBlockingQueue<>(WRITERS, true);
    private final Telemetry telemetry;
    private final EndListener listener;

    /** Told jobs whose attempts have ended. */
    interface EndListener {
        void ended(ClaimedJob job);
    }

    RemoteEnds(Jdbi jdbi, Telemetry telemetry, EndListener listener) {
        this.telemetry = telemetry;
        this.listener = listener;
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new OutcomeWriter(jdbi));
        }
    }

    /** Writes an outcome and returns it as written, or nothing when the lease was lost. */
    Optional<Outcome> write(ClaimedJob job, Outcome outcome, Duration took) {
        Optional<Outcome> written = Optional.ofNullable(write(outcome));
        written.ifPresent(known -> {
            JobSignals.tell(() -> telemetry.ended(AttemptEnd.of(job, known, took)));
            JobSignals.tell(() -> listener.ended(job));
        });
        return written;
    }

    private Outcome write(Outcome outcome) {
        Map<Lease, Outcome> taken = new HashMap<>();
        OutcomeWriter writer = take();
        try {
            writer.write(List.of(outcome), taken);
        } catch (RuntimeException e) {
            if (!DatabaseFault.of(e).refuses()) {
                throw e;
            }
            writer.write(List.of(outcome.refused().orElseThrow(() -> e)), taken);
        } finally {
            writers.add(writer);
        }
        return taken.get(outcome.lease());
    }

    private OutcomeWriter take() {
        try {
            return writers.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting to write", e);
        }
    }
}
