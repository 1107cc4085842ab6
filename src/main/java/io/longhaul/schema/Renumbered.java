package io.longhaul.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Names of changesets from before their files were numbered by level. Builds between releases recorded them; the tables
 * are the same, so that only the records have to be renamed.
 */
public final class Renumbered {
    /** The reason in messages. */
    public static final String REASON =
            "The changelog of this schema is numbered as builds before 0.1.0 numbered it; its tables are right.";

    private record Name(String id, String file) {}

    private static final Map<String, Name> NEW_NAMES = new TreeMap<>(Map.of(
            "0009-files", name("0008-files", "0008-files"),
            "0010-key-tables", name("0009-key-tables", "0009-keys"),
            "0011-jobs-principal", name("0010-jobs-principal", "0010-owners"),
            "0011-idx-jobs-principal", name("0010-idx-jobs-principal", "0010-owners"),
            "0012-api-keys-tools", name("0011-api-keys-tools", "0011-key-tools"),
            "0012-files-principal", name("0011-files-principal", "0011-key-tools"),
            "0012-schedules-principal", name("0011-schedules-principal", "0011-key-tools"),
            "0013-tool-checkpoints", name("0012-tool-checkpoints", "0012-tool-checkpoints"),
            "0014-function-paths", name("0013-function-paths", "0013-function-paths")));

    private Renumbered() {}

    private static Name name(String id, String file) {
        return new Name(id, "db/changelog/" + file + ".sql");
    }

    /** True if some records have old names. */
    public static boolean isNeeded(Collection<Changeset> applied) {
        return applied.stream().anyMatch(changeset -> NEW_NAMES.containsKey(changeset.id()));
    }

    /**
     * Refuses to change a schema whose records have old names: Liquibase would treat their changesets as missing.
     *
     * @throws CommandFailure with the cure
     */
    public static void refuse(Connection connection, Cures cures) throws SQLException, CommandFailure {
        if (isNeeded(connection)) {
            throw new CommandFailure(REASON + " Nothing was changed. Renumber it: " + cures.adopt());
        }
    }

    /** Gives old records their new names, all or none, and returns their number. */
    public static int rename(Connection connection) throws SQLException {
        if (!isNeeded(connection)) {
            return 0;
        }
        String values = String.join(
                ", ", NEW_NAMES.values().stream().map(name -> "(?, ?, ?)").toList());
        try (PreparedStatement statement = connection.prepareStatement("""
                UPDATE databasechangelog AS log
                SET id = renamed.new_id, filename = renamed.new_file
                FROM (VALUES %s) AS renamed (old_id, new_id, new_file)
                WHERE log.id = renamed.old_id AND log.author = '%s'
                """.formatted(values, Changeset.OWNER))) {
            int at = 0;
            for (Map.Entry<String, Name> one : NEW_NAMES.entrySet()) {
                statement.setString(++at, one.getKey());
                statement.setString(++at, one.getValue().id());
                statement.setString(++at, one.getValue().file());
            }
            return statement.executeUpdate();
        }
    }

    private static boolean isNeeded(Connection connection) throws SQLException {
        String names = "'" + String.join("', '", NEW_NAMES.keySet()) + "'";
        return Queries.hasTable(connection, "databasechangelog")
                && Queries.isTrue(
                        connection,
                        "SELECT EXISTS (SELECT FROM databasechangelog WHERE author = '" + Changeset.OWNER
                                + "' AND id IN (" + names + "))");
    }
}
