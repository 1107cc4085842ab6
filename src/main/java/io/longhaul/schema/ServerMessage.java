package io.longhaul.schema;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * PostgreSQL's message about an error, for people: without the statement and the position in it.
 *
 * @param message what went wrong
 * @param detail the objects or values concerned; may be empty
 * @param hint PostgreSQL's advice; empty if following it would drop objects of someone else
 */
public record ServerMessage(String message, String detail, String hint) {
    /** PostgreSQL names up to a hundred dependent objects. */
    private static final int SHOWN = 10;

    public static ServerMessage of(SQLException error) {
        ServerErrorMessage said = error instanceof PSQLException server ? server.getServerErrorMessage() : null;
        return said == null ? ofDriver(error) : new ServerMessage(said.getMessage(), detail(said), hint(said));
    }

    public String text() {
        return detail.isEmpty() ? message : message + ": " + detail;
    }

    /** The routine of PostgreSQL that reported an error, in whatever language; empty for other programs' messages. */
    static String routine(SQLException error) {
        ServerErrorMessage said = error instanceof PSQLException server ? server.getServerErrorMessage() : null;
        return said == null || said.getRoutine() == null ? "" : said.getRoutine();
    }

    private static ServerMessage ofDriver(SQLException error) {
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        String first = message.lines().findFirst().orElse(message);
        return new ServerMessage(first.replaceFirst("^(FATAL|ERROR|PANIC): ", ""), "", "");
    }

    private static String detail(ServerErrorMessage said) {
        String detail = said.getDetail() == null ? "" : said.getDetail().strip();
        if (detail.startsWith("Failing row contains")) {
            // The detail shows a whole row: a user's job, with its secrets.
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
