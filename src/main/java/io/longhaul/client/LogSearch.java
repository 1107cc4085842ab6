package io.longhaul.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Selects lines of a log. Each method gives a new search.
 *
 * @param text a text that the line has, in upper or lower case; null for any
 * @param attempt the attempt that wrote the line; null for any
 * @param errors only lines that look like errors
 */
public record LogSearch(String text, Integer attempt, boolean errors) {
    /** All lines. */
    public static final LogSearch ALL = new LogSearch(null, null, false);

    /** Lines with this text. */
    public LogSearch text(String wanted) {
        return new LogSearch(wanted, attempt, errors);
    }

    /** Lines of this attempt. */
    public LogSearch attempt(Integer number) {
        return new LogSearch(text, number, errors);
    }

    /** Lines that look like errors. */
    public LogSearch onlyErrors() {
        return new LogSearch(text, attempt, true);
    }

    /** Begins with an ampersand, or is empty. */
    String query() {
        return (text == null ? "" : "&q=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
                + (attempt == null ? "" : "&attempt=" + attempt)
                + (errors ? "&errors=true" : "");
    }
}
