package io.longhaul.schema.migrate;

import io.longhaul.schema.Changelog;
import io.longhaul.schema.Changeset;
import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Stores a fingerprint of the changelog files of the last migration as the comment of Liquibase's table, so that a
 * start with nothing to do need not load Liquibase.
 */
public final class ChangelogFingerprint {
    private ChangelogFingerprint() {}

    /**
     * True if Liquibase would find nothing to do: the files are the same to the last byte and each of their changesets
     * is still recorded. A rollback removes records, an edited file changes the digest.
     */
    static boolean upToDate(Connection connection, Changelog changelog) throws SQLException {
        return !changelog.repeats()
                && fingerprint(changelog).equals(stored(connection))
                && allApplied(connection, changelog);
    }

    /** Stores the fingerprint; does nothing if some changesets are not applied. */
    public static void write(Connection connection, Changelog changelog) throws SQLException {
        if (allApplied(connection, changelog) && owned(connection)) {
            Queries.execute(connection, "COMMENT ON TABLE databasechangelog IS '" + fingerprint(changelog) + "'");
        }
    }

    /** The table may belong to another application that shares it. */
    private static boolean owned(Connection connection) throws SQLException {
        return Queries.isTrue(
                connection,
                "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('databasechangelog')");
    }

    private static String fingerprint(Changelog changelog) {
        return "longhaul changelog sha256:" + changelog.fingerprint();
    }

    private static String key(Changeset changeset) {
        return changeset.file() + "::" + changeset.id() + "::" + changeset.author();
    }

    private static String stored(Connection connection) throws SQLException {
        return Queries.first(
                connection,
                "SELECT obj_description(to_regclass(quote_ident(current_schema()) || '.databasechangelog'), 'pg_class')");
    }

    private static boolean allApplied(Connection connection, Changelog changelog) throws SQLException {
        List<String> applied =
                Queries.strings(connection, "SELECT filename || '::' || id || '::' || author FROM databasechangelog");
        return applied.containsAll(
                changelog.changesets().stream().map(ChangelogFingerprint::key).toList());
    }
}
