package io.longhaul.operations;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.loops.Loop;
import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the work of operations, as a housekeeping task: a part of one operation with each step, in turns. All that was done
 * is in the database, so another node goes on where a dead one stopped. Two nodes may work on one operation at the same
 * time; each job is still changed once.
 */
public final class OperationWorker implements Loop.Step {
    /** The name of the housekeeping task. */
    public static final String TASK = "operations";

    /** How soon a new operation begins. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    /** Jobs that one transaction changes, so that no other transaction waits long. */
    private static final int PART = 200;

    /** Jobs that others hold are tried again after a second. */
    private static final int HELD_SECONDS = 1;

    private static final Logger LOG = LoggerFactory.getLogger("longhaul.operations");

    private final Jdbi jdbi;
    private final BooleanSupplier anyOpen;
    private final JobListing listing;
    private final Map<BulkOperation.Kind, Part> parts;
    private final Telemetry telemetry;

    /** A part of an operation's jobs is changed, and their outcomes are written. */
    interface Part {
        void change(BulkOperation operation, List<JobOutcome> jobs);
    }

    /** @param anyOpen an answer that others share: taking a turn writes, and nearly always there is none */
    public OperationWorker(
            Jdbi jdbi, BooleanSupplier anyOpen, CancelPart cancels, RetryPart retries, Telemetry telemetry) {
        this.jdbi = jdbi;
        this.anyOpen = anyOpen;
        this.listing = new JobListing(jdbi);
        this.parts = Map.of(BulkOperation.Kind.CANCEL, cancels, BulkOperation.Kind.RETRY, retries);
        this.telemetry = telemetry;
    }

    /** Rests as long as the step took, so that operations take at most half of a connection's time. */
    @Override
    public Duration run() {
        long begun = System.nanoTime();
        Optional<BulkOperation> turn = anyOpen.getAsBoolean()
                ? jdbi.withExtension(OperationStatements.class, OperationStatements::takeTurn)
                : Optional.empty();
        if (turn.isEmpty()) {
            listing.forget();
            return IDLE;
        }
        if (turn.get().listed()) {
            work(turn.get());
        } else {
            listing.listNext(turn.get());
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private void work(BulkOperation operation) {
        List<JobOutcome> jobs = jdbi.withExtension(
                OperationStatements.class, statements -> statements.openJobs(operation.id(), operation.tried(), PART));
        if (!jobs.isEmpty()) {
            change(operation, jobs);
        } else if (!ends(operation)) {
            // Others held some jobs when their turn came.
            jdbi.useExtension(
                    OperationStatements.class,
                    statements -> statements.rest(
                            operation.id(), 0, HELD_SECONDS, "Some jobs are held by other transactions."));
        }
    }

    private boolean ends(BulkOperation operation) {
        Optional<BulkOperation> ended =
                jdbi.withExtension(OperationStatements.class, statements -> statements.complete(operation.id()));
        ended.ifPresent(completed -> Operations.report(completed, telemetry));
        return ended.isPresent();
    }

    /** If the database refuses a job, the others are changed without it. */
    private void change(BulkOperation operation, List<JobOutcome> jobs) {
        try {
            parts.get(operation.kind()).change(operation, jobs);
        } catch (RuntimeException e) {
            if (!DatabaseFault.of(e).refuses()) {
                throw e;
            }
            if (jobs.size() == 1) {
                refuse(operation, jobs.get(0), e);
            } else {
                change(operation, jobs.subList(0, jobs.size() / 2));
                change(operation, jobs.subList(jobs.size() / 2, jobs.size()));
            }
        }
    }

    private void refuse(BulkOperation operation, JobOutcome job, RuntimeException failure) {
        LOG.warn(
                "Operation {} cannot {} job {}: {}",
                operation.id(),
                operation.kind().label(),
                job.jobId(),
                DatabaseFault.root(failure).getMessage());
        Decisions decisions = new Decisions(operation);
        decisions.add(job.failed("INTERNAL_ERROR", "The database refuses this change; the server's log tells more."));
        jdbi.useTransaction(handle -> decisions.write(handle.attach(OperationStatements.class), job.position()));
    }
}
