package io.longhaul.operations;

import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.TransactionLocks;
import io.longhaul.telemetry.Telemetry;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Begins, shows and stops operations. {@link OperationWorker} does their work, on any node. */
public final class Operations {
    /** Operations of one principal that may be open at the same time. */
    public static final int MOST_OPEN = 5;

    private final Jdbi jdbi;
    private final Telemetry telemetry;

    public Operations(Jdbi jdbi, Telemetry telemetry) {
        this.jdbi = jdbi;
        this.telemetry = telemetry;
    }

    /**
     * An operation to begin.
     *
     * @param kind what it does
     * @param filter which jobs it changes; its order and position do not matter
     * @param submitter who begins it
     * @param key makes a repeated request the same operation, or null
     * @param traceId the trace of the request
     */
    public record Wanted(BulkOperation.Kind kind, JobFilter filter, Submitter submitter, String key, String traceId) {}

    /**
     * Who begins an operation.
     *
     * @param name its name, or null on servers that ask for no keys
     * @param tools the only tools that it may use, or null for all
     */
    public record Submitter(String name, List<String> tools) {}

    /**
     * An operation that began.
     *
     * @param operation the operation
     * @param replayed true if an earlier request with the same key began it
     */
    public record Begun(BulkOperation operation, boolean replayed) {}

    /** Begins an operation, once for each key. */
    public Begun begin(Wanted wanted) throws OperationRefused {
        return jdbi.inTransaction(handle -> begin(wanted, handle));
    }

    private static Begun begin(Wanted wanted, Handle handle) throws OperationRefused {
        OperationStatements statements = handle.attach(OperationStatements.class);
        String owner = wanted.submitter().name();
        String filter = FrozenFilter.of(wanted.filter());
        TransactionLocks.of(handle).operations();
        Optional<BulkOperation> earlier =
                wanted.key() == null ? Optional.empty() : statements.byKey(wanted.key(), owner);
        if (earlier.isPresent()) {
            boolean same = earlier.get().kind() == wanted.kind()
                    && earlier.get().filter().equals(filter);
            if (!same) {
                throw OperationRefused.keyReused(earlier.get().id());
            }
            return new Begun(earlier.get(), true);
        }
        if (statements.open(owner) >= MOST_OPEN) {
            throw OperationRefused.tooMany(MOST_OPEN);
        }
        List<String> tools = wanted.submitter().tools();
        return new Begun(
                statements.begin(
                        UUID.randomUUID(),
                        wanted.kind().label(),
                        filter,
                        owner,
                        tools == null ? null : tools.toArray(String[]::new),
                        wanted.key(),
                        wanted.traceId()),
                false);
    }

    /** Finds an operation; a null owner stands for all. */
    public Optional<BulkOperation> find(UUID id, String owner) {
        return jdbi.withExtension(OperationStatements.class, statements -> statements.find(id, owner));
    }

    /** Operations that began before one, the newest first; null begins with the newest, a null owner stands for all. */
    public List<BulkOperation> list(UUID before, String owner, int limit) {
        return jdbi.withExtension(OperationStatements.class, statements -> statements.list(before, owner, limit));
    }

    /** Jobs of an operation after a position; a null outcome stands for all. */
    public List<JobOutcome> outcomes(UUID id, long after, String outcome, int limit) {
        return jdbi.withExtension(
                OperationStatements.class, statements -> statements.outcomes(id, after, outcome, limit));
    }

    /** Stops an operation: jobs without outcome stay as they are. One that has ended does not change. */
    public void cancel(UUID id) {
        jdbi.withExtension(OperationStatements.class, statements -> statements.cancel(id))
                .ifPresent(ended -> report(ended, telemetry));
    }

    static void report(BulkOperation ended, Telemetry telemetry) {
        telemetry.operationEnded(
                ended.id(),
                ended.kind().label() + " operation",
                ended.state().label(),
                new Telemetry.OperationCounts(ended.matched(), ended.done(), ended.skipped(), ended.failed()));
    }
}
