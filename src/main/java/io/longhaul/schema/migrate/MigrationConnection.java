package io.longhaul.schema.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * The connection that Liquibase works on. It makes a changeset and its row in the changelog one transaction: Liquibase
 * commits the one before it writes the other, and whoever is killed between them would leave a schema that no next run
 * can go on from.
 *
 * <p>Between {@link #begin} and {@link #end} a commit does nothing. A rollback is a rollback: it undoes the changeset,
 * and commits count again.
 */
final class MigrationConnection extends JdbcConnection {
    private boolean whole;

    MigrationConnection(Connection connection) {
        super(connection);
    }

    static MigrationConnection of(Database database) {
        return (MigrationConnection) database.getConnection();
    }

    /** The changeset will be applied or rolled back. Its lock timeout is set, and its place in the changelog is locked. */
    void begin(ChangeSet changeSet) throws DatabaseException {
        if (!changeSet.isRunInTransaction()) {
            // A lock timeout would also end the waits inside CREATE INDEX CONCURRENTLY and leave an invalid index.
            execute("SET lock_timeout = 0");
            return;
        }
        execute(MigrationSession.LOCK_TIMEOUT);
        // First of all: waiting for it later would hold up whoever needs the tables that the changeset has locked.
        execute("LOCK TABLE databasechangelog IN ROW EXCLUSIVE MODE");
        whole = true;
    }

    /** The statements of the changeset follow; what came before, such as preconditions, may have been rolled back. */
    void go(ChangeSet changeSet) {
        whole = changeSet.isRunInTransaction();
    }

    /** The changeset and its row are written. */
    void end() throws DatabaseException {
        whole = false;
        commit();
    }

    @Override
    public void commit() throws DatabaseException {
        if (!whole) {
            super.commit();
        }
    }

    @Override
    public void rollback() throws DatabaseException {
        whole = false;
        super.rollback();
    }

    /**
     * Liquibase looks for passwords in the address, in a way that takes a tenth of a second for all the parameters that the
     * driver tells there.
     */
    @Override
    public String getURL() {
        return super.getURL().replaceFirst("\\?.*", "");
    }

    private void execute(String sql) throws DatabaseException {
        try (Statement statement = createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }
}
