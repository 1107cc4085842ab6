package io.longhaul.schema;

import java.sql.SQLException;

/** Reads an error of PostgreSQL or its driver. */
final class SqlDiagnosis {
    private SqlDiagnosis() {}

    static Diagnosis of(SQLException error, Cures cures) {
        String message = ServerWords.of(error).text();
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return switch (state) {
            case "08001", "08004", "08006", "57P03" ->
                new Diagnosis(message, "Start PostgreSQL, or correct DATABASE_URL (database.url).");
            case "28P01", "28000" ->
                new Diagnosis(
                        message, "Correct DATABASE_USER and DATABASE_PASSWORD (database.user, database.password).");
            case "3D000" -> new Diagnosis(message, "Create it with CREATE DATABASE, or correct DATABASE_URL.");
            case "3F000" ->
                new Diagnosis(message, "Create the schema that currentSchema names, or correct DATABASE_URL.");
            case "42501" ->
                new Diagnosis(message, "Use the role that owns the schema, or have its owner GRANT what is missing.");
            case "53300" -> new Diagnosis(message, "Close sessions or raise max_connections.");
            case "55P03" ->
                new Diagnosis(
                        message,
                        "Nothing was changed: end the session that holds the lock, then run the command again.");
            case "42P05", "26000" ->
                new Diagnosis(message, "The address is a pooler's: set DATABASE_POOLED=true, and DATABASE_DIRECT_URL.");
            case "42P07", "42710" ->
                new Diagnosis(
                        message,
                        "Something made by hand is in the way: compare with " + cures.verify()
                                + "; if only the changelog is missing, record it with "
                                + cures.command("db fast-forward --all") + ".");
            case "2BP01" -> new Diagnosis(message, cureOfDependents());
            // The type of a column that a view shows, say.
            case "0A000" -> new Diagnosis(message, message.contains(" depends on ") ? cureOfDependents() : hint(error));
            default -> new Diagnosis(message, hint(error));
        };
    }

    /** They are somebody else's, and only that one knows whether they can be made anew: never CASCADE. */
    private static String cureOfDependents() {
        return "That step changed nothing. What depends on it is not Longhaul's: keep its definition, drop it by its name,"
                + " run the command again, and make it anew afterwards if it still can be.";
    }

    private static String hint(SQLException error) {
        return ServerWords.of(error).hint();
    }
}
