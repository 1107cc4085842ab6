package io.longhaul.schema;

import java.sql.SQLException;

/** Reads an error of PostgreSQL or its driver. */
final class SqlDiagnosis {
    private SqlDiagnosis() {}

    static Diagnosis of(SQLException error, Cures cures) {
        String message = firstLine(error);
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
            default -> new Diagnosis(message, hint(error));
        };
    }

    /** PostgreSQL repeats statement and context on further lines. */
    private static String firstLine(SQLException error) {
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        return message.lines().findFirst().orElse(message).replaceFirst("^(FATAL|ERROR|PANIC): ", "");
    }

    /** The driver puts PostgreSQL's hint on a line of its own. */
    private static String hint(SQLException error) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        return message.lines()
                .map(String::trim)
                .filter(line -> line.startsWith("Hint: "))
                .map(line -> line.substring("Hint: ".length()))
                .findFirst()
                .orElse("");
    }
}
