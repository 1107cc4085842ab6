package io.longhaul.schema.migrate;

import java.util.function.Consumer;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;

/** Makes each changeset and its row one transaction, reports each one that is committed, and counts them. */
public final class ChangeReport extends AbstractChangeExecListener {
    private final Consumer<String> report;
    private long startedAt;
    private int changes;

    public ChangeReport(Consumer<String> report) {
        this.report = report;
    }

    /** The number of changesets applied or rolled back for good, over all attempts. */
    public int changes() {
        return changes;
    }

    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog log, Database database, ChangeSet.RunStatus status) {
        begin(changeSet, database);
    }

    @Override
    public void willRun(Change change, ChangeSet changeSet, DatabaseChangeLog log, Database database) {
        MigrationConnection.of(database).go(changeSet);
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog log, Database database, ChangeSet.ExecType type) {
        end("applied", changeSet, database);
    }

    @Override
    public void willRollback(ChangeSet changeSet, DatabaseChangeLog log, Database database) {
        begin(changeSet, database);
    }

    @Override
    public void rolledBack(ChangeSet changeSet, DatabaseChangeLog log, Database database) {
        end("rolled back", changeSet, database);
    }

    private void begin(ChangeSet changeSet, Database database) {
        startedAt = System.nanoTime();
        try {
            MigrationConnection.of(database).begin(changeSet);
        } catch (DatabaseException e) {
            throw new IllegalStateException(e);
        }
    }

    private void end(String what, ChangeSet changeSet, Database database) {
        try {
            MigrationConnection.of(database).end();
        } catch (DatabaseException e) {
            throw new IllegalStateException(e);
        }
        changes++;
        report.accept(what + " " + changeSet.getId() + " in " + (System.nanoTime() - startedAt) / 1_000_000 + " ms");
    }
}
