package io.longhaul.operations;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.By;
import io.longhaul.operations.OperationStatements.Listed;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Makes the lists of jobs that operations change, before the first job is changed: so the list is what matched when the
 * operation began, whatever happens to the jobs meanwhile.
 */
final class JobListing {
    /** Jobs that one transaction adds to a list. */
    private static final int PART = 2_000;

    /**
     * Jobs that one transaction reads if no index serves the filter: a search of the whole table would hold back vacuum
     * for too long.
     */
    private static final int WINDOW = 50_000;

    private static final String PATIENCE = "SET LOCAL statement_timeout = '2s'";
    private static final String PATIENCE_OF_WINDOWS = "SET LOCAL statement_timeout = '30s'";

    /** SQLSTATE of a statement that took longer. */
    private static final String CANCELED = "57014";

    /** No job has a higher id, so a position with it comes after all jobs of its time. */
    private static final UUID LAST = new UUID(-1, -1);

    private static final Instant BEGINNING = Instant.parse("0001-01-01T00:00:00Z");

    private final Jdbi jdbi;
    private final int window;

    /** Operations whose filter no index serves. */
    private final Set<UUID> slow = ConcurrentHashMap.newKeySet();

    JobListing(Jdbi jdbi) {
        this(jdbi, WINDOW);
    }

    /** For tests: with smaller windows. */
    JobListing(Jdbi jdbi, int window) {
        this.jdbi = jdbi;
        this.window = window;
    }

    /** From now on the jobs of this operation are searched in small parts of the table. */
    void readInWindows(UUID operation) {
        slow.add(operation);
    }

    /** Forgets what it knows of operations, once none is open. */
    void forget() {
        slow.clear();
    }

    /** Adds the next jobs to the list of an operation. */
    void listNext(BulkOperation operation) {
        boolean inWindows = slow.contains(operation.id());
        try {
            jdbi.useTransaction(handle -> listNext(operation.id(), inWindows, handle));
        } catch (RuntimeException e) {
            if (inWindows || !isTooSlow(e)) {
                throw e;
            }
            readInWindows(operation.id());
        }
    }

    private void listNext(UUID id, boolean inWindows, Handle handle) {
        OperationStatements statements = handle.attach(OperationStatements.class);
        BulkOperation operation =
                statements.lock(id).filter(open -> !open.listed()).orElse(null);
        if (operation == null) {
            return;
        }
        handle.execute(inWindows ? PATIENCE_OF_WINDOWS : PATIENCE);
        JobFilter filter = FrozenFilter.read(operation.filter());
        OffsetDateTime end = inWindows ? windowEnd(operation, filter, statements) : null;
        Listed added = add(operation, filter, end, statements);
        boolean isFull = added.jobs() == PART;
        if (isFull || end == null) {
            statements.listed(id, added.jobs(), added.lastTime(), added.lastId(), !isFull);
        } else {
            statements.listed(id, added.jobs(), end, LAST, false);
        }
    }

    private static Listed add(
            BulkOperation operation, JobFilter all, OffsetDateTime end, OperationStatements statements) {
        JobFilter filter = operation.listedTime() == null
                ? all
                : all.after(new JobFilter.Position(operation.listedTime(), operation.listedId()));
        OffsetDateTime asOf = operation.createdAt().atOffset(ZoneOffset.UTC);
        return statements.addToList(
                filter.conditions(),
                filter.values(),
                operation.id(),
                asOf,
                end == null ? asOf : end,
                operation.matched(),
                PART);
    }

    /** Null if the rest of the table is no larger than a window. */
    private OffsetDateTime windowEnd(BulkOperation operation, JobFilter filter, OperationStatements statements) {
        Instant first = filter.wanted().get(By.CREATED_AFTER) instanceof Instant asked ? asked : BEGINNING;
        Instant from = operation.listedTime() == null ? first : operation.listedTime();
        return statements.submitAfter(from.atOffset(ZoneOffset.UTC), window).orElse(null);
    }

    private static boolean isTooSlow(RuntimeException failure) {
        SQLException root = DatabaseFault.root(failure);
        return root != null && CANCELED.equals(root.getSQLState());
    }
}
