package io.longhaul.schema;

import io.longhaul.faults.DatabaseFault;
import java.sql.SQLException;

/** Reads an error of PostgreSQL or its driver. */
public final class SqlDiagnosis {
    public static final Diagnosis NO_PRIMARY = new Diagnosis(
            "No server that DATABASE_URL names takes writes: those that answer are standbys, and none of them is the primary",
            "Start the primary, make one of them the primary with SELECT pg_promote(), or let DATABASE_URL name the primary"
                    + " as well");

    private SqlDiagnosis() {}

    static Diagnosis of(SQLException error, Cures cures) {
        if (DatabaseFault.findsNoPrimary(error)) {
            return NO_PRIMARY;
        }
        String message = ServerMessage.of(error).text();
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
            case "42501" -> new Diagnosis(message, cureOfRights(message, cures));
            case "53300" -> new Diagnosis(message, "Close sessions or raise max_connections.");
            case "55P03" ->
                new Diagnosis(
                        message,
                        "Nothing was changed: end the session that holds the lock, then run the command again.");
            case "42P05", "26000" ->
                new Diagnosis(message, "The address is a pooler's: set DATABASE_POOLED=true, and DATABASE_DIRECT_URL.");
            case "42P07", "42710", "42701", "42723", "42P06" ->
                new Diagnosis(
                        message,
                        "Something made by other means is in the way: record it, or read what to do with it first, with "
                                + cures.adopt());
            case "42P01", "42703", "42704", "42883" ->
                new Diagnosis(message, "What is missing, and what helps, says " + cures.verify());
            case "2BP01" -> new Diagnosis(message, cureOfDependents());
            // The type of a column that a view shows, say.
            case "0A000" -> new Diagnosis(message, message.contains(" depends on ") ? cureOfDependents() : hint(error));
            default -> new Diagnosis(message, hint(error));
        };
    }

    private static String cureOfRights(String message, Cures cures) {
        return message.startsWith("must be owner of ")
                ? "The statements that hand it over to this role, for its owner or a superuser, prints " + cures.adopt()
                : "Use the role that owns the schema, or have its owner GRANT what is missing.";
    }

    /** They are somebody else's, and only that one knows whether they can be made anew: never CASCADE. */
    private static String cureOfDependents() {
        return "That step changed nothing. What depends on it is not Longhaul's: keep its definition, drop it by its name,"
                + " run the command again, and make it anew afterwards if it still can be.";
    }

    private static String hint(SQLException error) {
        return ServerMessage.of(error).hint();
    }
}
