package io.longhaul.schema;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/** Says one line for each changeset that was applied or rolled back, and counts them. */
final class ChangeReport extends AbstractChangeExecListener {
    private final Consumer<String> report;
    private long startedAt;
    private int changes;

    ChangeReport(Consumer<String> report) {
        this.report = report;
    }

    int changes() {
        return changes;
    }

    /** A lock timeout would also end the waits inside CREATE INDEX CONCURRENTLY and leave an invalid index. */
    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog log, Database database, ChangeSet.RunStatus status) {
        startedAt = System.nanoTime();
        prepare(changeSet, database);
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog log, Database database, ChangeSet.ExecType type) {
        say("applied", changeSet);
    }

    @Override
    public void willRollback(ChangeSet changeSet, DatabaseChangeLog log, Database database) {
        startedAt = System.nanoTime();
        prepare(changeSet, database);
    }

    @Override
    public void rolledBack(ChangeSet changeSet, DatabaseChangeLog log, Database database) {
        say("rolled back", changeSet);
    }

    private static void prepare(ChangeSet changeSet, Database database) {
        boolean transactional = changeSet.isRunInTransaction();
        JdbcConnection connection = (JdbcConnection) database.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute(transactional ? MigrationSession.LOCK_TIMEOUT : "SET lock_timeout = 0");
        } catch (DatabaseException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void say(String what, ChangeSet changeSet) {
        changes++;
        report.accept(what + " " + changeSet.getId() + " in " + (System.nanoTime() - startedAt) / 1_000_000 + " ms");
    }
}
