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
 * would commit the changeset before it writes the row, and a kill between the two would leave a schema that no later
 * run can continue from.
 *
 * <p>Between {@link #begin} and {@link #end} a commit does nothing. A rollback undoes the changeset, and from then on
 * commits count again.
 */
final class MigrationConnection extends JdbcConnection {
    private boolean whole;

    MigrationConnection(Connection connection) {
        super(connection);
    }

    static MigrationConnection of(Database database) {
        return (MigrationConnection) database.getConnection();
    }

    /** Called before a changeset is applied or rolled back: sets its lock timeout and locks the changelog. */
    void begin(ChangeSet changeSet) throws DatabaseException {
        if (!changeSet.isRunInTransaction()) {
            // A lock timeout would also end the waits inside CREATE INDEX CONCURRENTLY and leave an invalid index.
            execute("SET lock_timeout = 0");
            return;
        }
        execute(MigrationSession.LOCK_TIMEOUT);
        // Locked first: waiting for this lock later would delay everyone who needs the tables that the changeset has
        // locked.
        execute("LOCK TABLE databasechangelog IN ROW EXCLUSIVE MODE");
        whole = true;
    }

    /** Called before the changeset's own statements; earlier ones, such as preconditions, may have been rolled back. */
    void go(ChangeSet changeSet) {
        whole = changeSet.isRunInTransaction();
    }

    /** Called when the changeset and its row are written. */
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
     * Leaves out the parameters: Liquibase searches the address for passwords, which takes a tenth of a second with all
     * that the driver adds.
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
