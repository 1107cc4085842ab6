package io.longhaul.schema;

import io.dropwizard.configuration.ConfigurationException;
import io.longhaul.database.faults.DatabaseFault;
import java.io.FileNotFoundException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import liquibase.exception.ValidationFailedException;

/**
 * Cause of a failure and its cure, each as one line without secrets.
 *
 * @param cause what went wrong
 * @param cure what to do next; empty if that is not known
 */
public record Diagnosis(String cause, String cure) {
    public static final Diagnosis NO_PRIMARY = new Diagnosis(
            "No server that DATABASE_URL names takes writes: those that answer are standbys, and none of them is the primary",
            "Start the primary, make one of them the primary with SELECT pg_promote(), or let DATABASE_URL name the primary"
                    + " as well");

    /** Passwords in URLs, in both forms in which drivers and pools repeat them. */
    private static final String SECRET = "(?i)(password=)[^&\\s;]*|(://[^:/@\\s]+:)[^@\\s]*@";

    /** Strips line breaks and secrets. */
    public Diagnosis {
        cause = oneLine(cause);
        cure = oneLine(cure);
    }

    /** Diagnoses what a command, a migration or a check threw. Never fails. */
    public static Diagnosis of(Throwable error, Cures cures) {
        for (Throwable cause : chain(error)) {
            Diagnosis known = known(cause, cures);
            if (known != null) {
                return known;
            }
        }
        SQLException sql = SqlStates.root(error);
        return sql == null ? new Diagnosis(rootMessage(error), "") : ofSql(sql, cures);
    }

    /** Cause and cure in one line. */
    public String text() {
        return cure.isEmpty() ? cause : cause + (cause.endsWith(".") ? " " : ". ") + cure;
    }

    private static Diagnosis known(Throwable error, Cures cures) {
        if (error instanceof CommandFailure failure) {
            return new Diagnosis(failure.getMessage(), "");
        }
        if (error instanceof SQLException sql && sql.getCause() instanceof FileNotFoundException) {
            return new Diagnosis(
                    sql.getMessage(),
                    "Put the file there, or let DATABASE_URL name others: the certificate of the server's authority by"
                            + " sslrootcert=, this side's own by sslcert= and sslkey=.");
        }
        if (isForbidden(error)) {
            return new Diagnosis(
                    "This user has no permission for " + error.getMessage(),
                    "Change its owner or mode (chown, chmod), or name another one.");
        }
        if (error instanceof FileNotFoundException) {
            return new Diagnosis("Configuration file not found: " + error.getMessage(), "Check the path.");
        }
        if (error instanceof NoSuchFileException) {
            return new Diagnosis("There is no file or folder " + error.getMessage(), "Check the path.");
        }
        if (error instanceof ConfigurationException invalid) {
            return new Diagnosis(invalid.getMessage(), "");
        }
        if (error instanceof ValidationFailedException changed) {
            return changedChangesets(changed, cures);
        }
        String message = String.valueOf(error.getMessage());
        if (message.contains("Could not find tag")) {
            return new Diagnosis(
                    message.substring(message.indexOf("Could not find tag")),
                    "Tags are set with db tag; column tag of databasechangelog lists them.");
        }
        return null;
    }

    private static boolean isForbidden(Throwable error) {
        return error instanceof AccessDeniedException
                || (error instanceof FileNotFoundException
                        && String.valueOf(error.getMessage()).contains("(Permission denied)"));
    }

    private static Diagnosis changedChangesets(ValidationFailedException error, Cures cures) {
        if (error.getInvalidMD5Sums().isEmpty()) {
            return new Diagnosis(error.getMessage(), "");
        }
        // Each one reads "file::id::author was: checksum but is now: checksum".
        String ids = error.getInvalidMD5Sums().stream()
                .map(text -> text.contains("::") ? text.split("::", -1)[1] : text)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return new Diagnosis(
                "Changeset " + ids + " was changed after it was applied (its checksum differs)",
                "Use the jar that made this schema; if the change is harmless, accept it with "
                        + cures.command("db clear-checksums"));
    }

    private static Diagnosis ofSql(SQLException error, Cures cures) {
        if (DatabaseFault.findsNoPrimary(error)) {
            return NO_PRIMARY;
        }
        ServerMessage said = ServerMessage.of(error);
        String message = said.text();
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return switch (state) {
            case "08004" ->
                new Diagnosis(
                        message,
                        "Correct DATABASE_URL (database.url): its sslmode, for example, asks for what the server does not have.");
            case "08001", "08006", "57P03" ->
                new Diagnosis(message, "Start PostgreSQL, or correct DATABASE_URL (database.url).");
            case "28P01", "28000" ->
                new Diagnosis(
                        message,
                        "Correct DATABASE_USER and DATABASE_PASSWORD (database.user, database.password), or"
                                + " DATABASE_MIGRATION_USER and _PASSWORD (database.migration) if that is the role.");
            case "3D000" -> new Diagnosis(message, "Create it with CREATE DATABASE, or correct DATABASE_URL.");
            case "3F000" ->
                new Diagnosis(message, "Create the schema that currentSchema names, or correct DATABASE_URL.");
            case "42501" -> new Diagnosis(message, cureOfRights(message, cures));
            case "53300" -> new Diagnosis(message, cureOfConnections(ServerMessage.routine(error)));
            case "55P03" ->
                new Diagnosis(
                        message,
                        "Nothing was changed: end the session that holds the lock, then run the command again.");
            case "42P05", "26000" ->
                new Diagnosis(message, "The address is a pooler's: set DATABASE_POOLED=true, and DATABASE_DIRECT_URL.");
            case "42P07", "42710", "42701", "42723", "42P06" ->
                new Diagnosis(
                        message,
                        "An object made by other means is in the way. To record it, or to see what to do first, run "
                                + cures.adopt());
            case "42P01", "42703", "42704", "42883" ->
                new Diagnosis(message, "To see what is missing and how to repair it, run " + cures.verify());
            case "23514" -> new Diagnosis(message, Contradictions.cure(message));
            case "2BP01" -> new Diagnosis(message, cureOfDependents());
            // For example, a view may use the column whose type changes.
            case "0A000" -> new Diagnosis(message, message.contains(" depends on ") ? cureOfDependents() : said.hint());
            default -> new Diagnosis(message, said.hint());
        };
    }

    /** The server, the database, the role and a pooler each have a limit, and one code stands for all. */
    private static String cureOfConnections(String routine) {
        return switch (routine) {
            case "InitializeSessionUserId" ->
                "Close sessions of this role, or raise its own limit: ALTER ROLE ... CONNECTION LIMIT";
            case "CheckMyDatabase" ->
                "Close sessions of this database, or raise its own limit: ALTER DATABASE ... CONNECTION LIMIT";
            case "" -> "Close sessions, or raise the limit of the server, the database, the role or the pooler.";
            default -> "Close sessions or raise max_connections.";
        };
    }

    private static String cureOfRights(String message, Cures cures) {
        return message.startsWith("must be owner of ")
                ? "For statements that hand it over to this role, to be run by a superuser, run " + cures.adopt()
                : "Use the role that owns the schema, or have its owner GRANT what is missing.";
    }

    /** The dependent objects belong to someone else, who alone knows whether they can be made again: never CASCADE. */
    private static String cureOfDependents() {
        return "That step changed nothing. The dependent objects are not Longhaul's: keep their definitions, drop them by name,"
                + " run the command again, and create them again afterwards if that is still possible.";
    }

    private static String rootMessage(Throwable error) {
        List<Throwable> chain = chain(error);
        Throwable root = chain.get(chain.size() - 1);
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private static List<Throwable> chain(Throwable error) {
        return java.util.stream.Stream.iterate(error, e -> e != null, Throwable::getCause)
                .limit(50)
                .toList();
    }

    private static String oneLine(String text) {
        return text.replaceAll(SECRET, "$1$2***").replaceAll("\\s*\\R\\s*", " ").trim();
    }
}
