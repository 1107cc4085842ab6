package io.longhaul.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;

/** The outcomes of a part of an operation's jobs, until they are written. */
final class Decisions {
    private final BulkOperation operation;
    private final List<JobOutcome> all = new ArrayList<>();

    Decisions(BulkOperation operation) {
        this.operation = operation;
    }

    void add(JobOutcome outcome) {
        all.add(outcome);
    }

    /**
     * Writes them, to be called within a transaction.
     *
     * @param tried the position after which to go on
     */
    void write(OperationStatements statements, long tried) {
        statements.decide(
                operation.id(),
                tried,
                each(JobOutcome::position, Long[]::new),
                each(JobOutcome::outcome, String[]::new),
                each(JobOutcome::errorCode, String[]::new),
                each(JobOutcome::errorMessage, String[]::new),
                each(JobOutcome::newJobId, UUID[]::new));
        if (operation.waitsFor() != null && !all.isEmpty()) {
            statements.goOn(operation.id());
        }
    }

    private <T> T[] each(Function<JobOutcome, T> value, IntFunction<T[]> array) {
        return all.stream().map(value).toArray(array);
    }
}
