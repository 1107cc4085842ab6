package io.longhaul.schema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * Properties of a database that matter whatever its schema is: does it take writes, and can it store all text.
 *
 * @param database its name
 * @param standby true if the server follows another one
 * @param readOnlyBy the setting that makes transactions read-only: as {@code ALTER} names it, or in words in lower
 *     case; empty if nothing does
 * @param encoding of the database
 * @param clientEncoding of the session
 */
public record ServerTraits(
        String database, boolean standby, String readOnlyBy, String encoding, String clientEncoding) {
    /**
     * A session keeps the settings it began with, but new sessions take those set now for the role or the database. So
     * both are read.
     */
    private static final String QUERY = """
            SELECT current_database(), pg_is_in_recovery(),
                   COALESCE(
                       (SELECT CASE WHEN s.setrole = 0 THEN 'DATABASE ' || quote_ident(d.datname)
                                    WHEN s.setdatabase = 0 THEN 'ROLE ' || quote_ident(session_user)
                                    ELSE 'ROLE ' || quote_ident(session_user) || ' IN DATABASE ' || quote_ident(d.datname) END
                        FROM pg_db_role_setting s, unnest(s.setconfig) AS setting
                        WHERE s.setdatabase IN (0, d.oid) AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
                          AND setting ~* '^default_transaction_read_only=(on|true|yes|1|t|y)$'
                        ORDER BY s.setrole DESC, s.setdatabase DESC
                        LIMIT 1),
                       CASE WHEN current_setting('default_transaction_read_only')::boolean
                            THEN CASE (SELECT source FROM pg_settings WHERE name = 'default_transaction_read_only')
                                     WHEN 'configuration file' THEN 'the configuration of the server'
                                     WHEN 'client' THEN 'the address of the database'
                                     ELSE 'the session' END
                            ELSE '' END),
                   pg_encoding_to_char(d.encoding), current_setting('client_encoding')
            FROM pg_database d
            WHERE d.datname = current_database()
            """;

    public static ServerTraits read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return new ServerTraits(
                    row.getString(1), row.getBoolean(2), row.getString(3), row.getString(4), row.getString(5));
        }
    }

    public boolean storesAllText() {
        return encoding.equals("UTF8") && clientEncoding.equals("UTF8");
    }

    /** The problem and its cure; empty if there is none. The encoding comes first, because it cannot be changed. */
    public Optional<Diagnosis> problem() {
        if (!encoding.equals("UTF8")) {
            return Optional.of(new Diagnosis(
                    "The database " + database + " has the encoding " + encoding
                            + ", which cannot hold all text that jobs may have; UTF8 is needed.",
                    // The cluster's locale may belong to the other encoding; locale C works with all encodings.
                    "CREATE DATABASE longhaul_utf8 ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0;"
                            + " and name that one in DATABASE_URL (pg_dump " + database
                            + " | psql longhaul_utf8 carries over what is there)"));
        }
        if (!clientEncoding.equals("UTF8")) {
            return Optional.of(new Diagnosis(
                    "The connection to the database has the client_encoding " + clientEncoding + "; UTF8 is needed.",
                    "take client_encoding out of DATABASE_URL (database.url, database.properties)"));
        }
        if (standby) {
            return Optional.of(new Diagnosis(
                    "The database is read-only: its server is a standby.",
                    "let DATABASE_URL name the primary, or all servers (host1:5432,host2:5432), of which the primary is"
                            + " found; or SELECT pg_promote() on this one if there is no other"));
        }
        if (!readOnlyBy.isEmpty()) {
            return Optional.of(new Diagnosis(
                    "The database is read-only: default_transaction_read_only is on, set by " + readOnlyBy
                            + ", as services do when a disk is full.",
                    "make room if that is why, then " + reset()));
        }
        return Optional.empty();
    }

    /** Every session begins read-only, so the one that resets the setting has to say BEGIN READ WRITE. */
    private String reset() {
        return Character.isUpperCase(readOnlyBy.charAt(0))
                ? "BEGIN READ WRITE; ALTER " + readOnlyBy + " RESET default_transaction_read_only; COMMIT"
                : "take default_transaction_read_only away there, and SELECT pg_reload_conf()";
    }
}
