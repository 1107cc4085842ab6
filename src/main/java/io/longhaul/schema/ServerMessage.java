package io.longhaul.schema;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What PostgreSQL says of an error, for people: without the statement and the place in it.
 *
 * @param message what went wrong
 * @param detail which objects or values it is about; may be empty
 * @param hint what it advises; empty if that would take away what is somebody else's
 */
public record ServerMessage(String message, String detail, String hint) {
    /** PostgreSQL names up to a hundred dependents. */
    private static final int SHOWN = 10;

    public static ServerMessage of(SQLException error) {
        ServerErrorMessage said = error instanceof PSQLException server ? server.getServerErrorMessage() : null;
        return said == null ? ofDriver(error) : new ServerMessage(said.getMessage(), detail(said), hint(said));
    }

    /** Message and detail in one line. */
    public String text() {
        return detail.isEmpty() ? message : message + ": " + detail;
    }

    private static ServerMessage ofDriver(SQLException error) {
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        String first = message.lines().findFirst().orElse(message);
        return new ServerMessage(first.replaceFirst("^(FATAL|ERROR|PANIC): ", ""), "", "");
    }

    private static String detail(ServerErrorMessage said) {
        String detail = said.getDetail() == null ? "" : said.getDetail().strip();
        if (detail.startsWith("Failing row contains")) {
            // A whole row is somebody's job, with what is secret in it.
            return "";
        }
        List<String> lines = detail.lines().toList();
        String shown = lines.stream().limit(SHOWN).collect(Collectors.joining("; "));
        return lines.size() > SHOWN ? shown + "; and " + (lines.size() - SHOWN) + " more" : shown;
    }

    private static String hint(ServerErrorMessage said) {
        String hint = said.getHint() == null ? "" : said.getHint();
        return hint.contains("CASCADE") ? "" : hint;
    }
}
