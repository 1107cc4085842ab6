package io.longhaul.schema;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.StandardChangeLogHistoryService;
import liquibase.database.Database;
import liquibase.database.core.PostgresDatabase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * This service's rows of {@code databasechangelog}. Liquibase finds this class by its service file, and then ignores
 * rows of other applications that share the table: counts, tags and cleared checksums affect changesets of this service
 * only.
 */
public final class OwnHistory extends StandardChangeLogHistoryService {
    /** Called by Liquibase. */
    public OwnHistory() {}

    @Override
    public int getPriority() {
        return PRIORITY_DATABASE;
    }

    @Override
    public boolean supports(Database database) {
        return database instanceof PostgresDatabase && database.getConnection() instanceof JdbcConnection;
    }

    @Override
    public List<Map<String, ?>> queryDatabaseChangeLogTable(Database database) throws DatabaseException {
        return super.queryDatabaseChangeLogTable(database).stream()
                .filter(row -> Changeset.OWNER.equals(row.get("AUTHOR")))
                .toList();
    }

    /** Tags the newest row of this service. If there is none, inserts a row to bear the tag, as Liquibase does. */
    @Override
    public void tag(String tag) throws DatabaseException {
        if (getRanChangeSets().isEmpty()) {
            setExecType(nothingYet(), ChangeSet.ExecType.EXECUTED);
        }
        update("""
                UPDATE %1$s
                SET tag = ?
                WHERE author = ?
                  AND (dateexecuted, orderexecuted) =
                      (SELECT dateexecuted, orderexecuted FROM %1$s WHERE author = ? ORDER BY 1 DESC, 2 DESC LIMIT 1)
                """, tag, Changeset.OWNER, Changeset.OWNER);
        getDatabase().commit();
    }

    @Override
    public boolean tagExists(String tag) throws DatabaseException {
        return getRanChangeSets().stream().anyMatch(row -> tag.equals(row.getTag()));
    }

    @Override
    public void clearAllCheckSums() throws DatabaseException {
        update("UPDATE %1$s SET md5sum = NULL WHERE author = ?", Changeset.OWNER);
        getDatabase().commit();
    }

    private ChangeSet nothingYet() {
        return new ChangeSet(
                String.valueOf(System.currentTimeMillis()),
                Changeset.OWNER,
                false,
                false,
                Changeset.TAGS_ONLY,
                null,
                null,
                getDatabase().getObjectQuotingStrategy(),
                null);
    }

    private void update(String sql, String... values) throws DatabaseException {
        String table = getDatabase()
                .escapeTableName(getLiquibaseCatalogName(), getLiquibaseSchemaName(), getDatabaseChangeLogTableName());
        JdbcConnection connection = (JdbcConnection) getDatabase().getConnection();
        try (PreparedStatement statement = connection.prepareStatement(sql.formatted(table))) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }
}
