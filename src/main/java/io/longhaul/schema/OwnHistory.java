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
 * Our rows of {@code databasechangelog}. Liquibase loads it by its service file, and sees through it no row of another
 * application that keeps its changesets in the same table: a count, a tag or a clearing of checksums means ours only.
 */
public final class OwnHistory extends StandardChangeLogHistoryService {
    /** Made by Liquibase, with no arguments. */
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

    /** Tags our newest row. Before the first changeset that is a row made for it, as Liquibase does. */
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
