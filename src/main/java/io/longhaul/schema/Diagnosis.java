package io.longhaul.schema;

import io.dropwizard.configuration.ConfigurationException;
import java.io.FileNotFoundException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import liquibase.exception.ValidationFailedException;

/**
 * Why something failed and what helps, each as one line without secrets.
 *
 * @param cause what went wrong
 * @param cure what to do next; empty if nobody can say
 */
public record Diagnosis(String cause, String cure) {
    /** Passwords in URLs, in both forms, as drivers and pools repeat them. */
    private static final String SECRET = "(?i)(password=)[^&\\s;]*|(://[^:/@\\s]+:)[^@\\s]*@";

    /** Strips line breaks and secrets. */
    public Diagnosis {
        cause = oneLine(cause);
        cure = oneLine(cure);
    }

    /**
     * Finds the root of an error.
     *
     * @param error what a command, a migration or a check threw
     * @param cures how to word the commands that help
     * @return the diagnosis; never fails
     */
    public static Diagnosis of(Throwable error, Cures cures) {
        for (Throwable cause : chain(error)) {
            Diagnosis known = known(cause, cures);
            if (known != null) {
                return known;
            }
        }
        SQLException sql = SqlStates.root(error);
        return sql == null ? new Diagnosis(rootMessage(error), "") : SqlDiagnosis.of(sql, cures);
    }

    /**
     * Cause and cure in one line.
     *
     * @return text without a line break
     */
    public String text() {
        return cure.isEmpty() ? cause : cause + (cause.endsWith(".") ? " " : ". ") + cure;
    }

    private static Diagnosis known(Throwable error, Cures cures) {
        if (error instanceof CommandFailure failure && failure.getCause() == null) {
            return new Diagnosis(failure.getMessage(), "");
        }
        if (error instanceof FileNotFoundException || error instanceof NoSuchFileException) {
            return new Diagnosis("Configuration file not found: " + error.getMessage(), "Check the path.");
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

    private static Diagnosis changedChangesets(ValidationFailedException error, Cures cures) {
        if (error.getInvalidMD5Sums().isEmpty()) {
            return new Diagnosis(error.getMessage(), "");
        }
        // Each one reads file::id::author was: checksum but is now: checksum.
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
