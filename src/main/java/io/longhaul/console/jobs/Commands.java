package io.longhaul.console.jobs;

import java.util.function.UnaryOperator;

/**
 * How to get or do the same without the console. The first two are made for the address of the server.
 *
 * @param curl over HTTP
 * @param shell with the command line
 * @param mcp as a client of the Model Context Protocol; null where it has no such thing
 */
public record Commands(UnaryOperator<String> curl, UnaryOperator<String> shell, String mcp) {
    /** A text as one word of a POSIX shell. */
    static String quoted(String text) {
        return text.matches("[\\w./:=@%+,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
