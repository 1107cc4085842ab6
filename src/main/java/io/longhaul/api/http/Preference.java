package io.longhaul.api.http;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client's preferences for the answer (RFC 7240). Unknown and malformed preferences are ignored, as the standard demands;
 * the first of repeated ones counts.
 *
 * @param respondAsync whether to answer 202 if the job has not ended
 * @param longest longest wait for the job, at most {@link #LONGEST}; null if not sent
 * @param minimal whether to answer with ids instead of jobs
 */
public record Preference(boolean respondAsync, Duration longest, boolean minimal) {
    /** A client that says nothing. */
    public static final Preference NONE = new Preference(false, null, false);

    public static final String HEADER = "Prefer";
    public static final String APPLIED = "Preference-Applied";

    /** The preference {@link #minimal} (RFC 7240, section 4.2). */
    public static final String MINIMAL = "return=minimal";

    /** Proxies and clients give up on longer requests. A client that wants to wait longer repeats its request. */
    static final Duration LONGEST = Duration.ofSeconds(60);

    private static final String RESPOND_ASYNC = "respond-async";

    /** What is between commas outside of quotes. Quotes that are never closed hold the rest of the header. */
    private static final Pattern PART = Pattern.compile("\\G((?:[^,\"]++|\"(?:[^\"\\\\]++|\\\\.)*+(?:\"|$))*+)(?:,|$)");

    /** A name with an optional value and parameters. Like {@link #PART} it reads each character once. */
    private static final Pattern FORM = Pattern.compile("\\s*+([!#$%&'*+.^_`|~0-9A-Za-z-]++)"
            + "(?:\\s*+=\\s*+(\"(?:[^\"\\\\]++|\\\\.)*+\"|[^\\s\",;]*+))?+(?:[\\s;].*+)?+");

    private static final Pattern SECONDS = Pattern.compile("\"?([0-9]{1,9})\"?");

    public static Preference of(HttpServletRequest request) {
        return parse(Collections.list(request.getHeaders(HEADER)));
    }

    public static Preference parse(List<String> headers) {
        boolean async = false;
        Duration wait = null;
        String shown = null;
        for (Matcher part : parts(headers)) {
            String name = part.group(1).toLowerCase(Locale.ROOT);
            async |= name.equals(RESPOND_ASYNC);
            wait = wait == null && name.equals("wait") ? seconds(part.group(2)) : wait;
            shown = shown == null && name.equals("return") ? part.group(2) : shown;
        }
        return new Preference(
                async, wait, shown != null && shown.replace("\"", "").equals("minimal"));
    }

    private static List<Matcher> parts(List<String> headers) {
        return headers.stream()
                .flatMap(header -> PART.matcher(header).results())
                .map(part -> FORM.matcher(part.group(1)))
                .filter(Matcher::matches)
                .toList();
    }

    private static Duration seconds(String value) {
        Matcher digits = SECONDS.matcher(value == null ? "" : value);
        return digits.matches()
                ? Duration.ofSeconds(Math.min(Long.parseLong(digits.group(1)), LONGEST.toSeconds()))
                : null;
    }

    /** Tells whether the answer may have to wait. */
    public boolean waits() {
        return longest != null && !longest.isZero();
    }

    /** The value of {@code Preference-Applied}, or null if nothing was honoured. */
    public String applied(boolean asyncToo) {
        List<String> all = new ArrayList<>();
        if (respondAsync && asyncToo) {
            all.add(RESPOND_ASYNC);
        }
        if (longest != null) {
            all.add("wait=" + longest.toSeconds());
        }
        return all.isEmpty() ? null : String.join(", ", all);
    }
}
