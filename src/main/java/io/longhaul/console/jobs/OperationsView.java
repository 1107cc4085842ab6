package io.longhaul.console.jobs;

import io.longhaul.operations.BulkOperation;
import java.time.Instant;
import java.util.List;

/**
 * The operations.
 *
 * @param rows the newest first
 * @param next address of the next page, or null
 * @param commands the same by other means
 * @param readAt when they were read
 */
public record OperationsView(List<Row> rows, String next, Commands commands, Instant readAt) {
    /**
     * An operation.
     *
     * @param operation the operation
     * @param filter its filter in words
     */
    public record Row(BulkOperation operation, String filter) {
        /** What it does, in a word. */
        public String verb() {
            return OperationView.verb(operation);
        }
    }
}
