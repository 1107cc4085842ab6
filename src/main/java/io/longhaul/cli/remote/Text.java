package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;

/** Formats values for people. Texts of tools and clients cannot control the terminal. */
final class Text {
    private static final int KILO = 1_024;
    private static final Pattern NOT_IN_PATHS = Pattern.compile("[/\\\\;%\\p{Cntrl}]|^\\.{1,2}$");

    private Text() {}

    /** Without control characters other than line break and tab. */
    static String plain(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** In one line, and not longer than some characters. */
    static String line(String text, int longest) {
        return cut(plain(text).replaceAll("\\s+", " ").strip(), longest);
    }

    /** Not longer than some characters. */
    static String cut(String line, int longest) {
        return line.codePointCount(0, line.length()) <= longest
                ? line
                : line.substring(0, line.offsetByCodePoints(0, longest - 1)) + "…";
    }

    /** A member as text; empty if it is missing or null, a list with commas. */
    static String of(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (value.isArray()) {
            return plain(
                    String.join(",", value.valueStream().map(JsonNode::asText).toList()));
        }
        return value.isNull() || value.isMissingNode()
                ? ""
                : plain(value.isTextual() ? value.textValue() : value.toString());
    }

    /** All members that are not null, each on a line. */
    static String[] members(JsonNode json) {
        return json.properties().stream()
                .filter(member -> !member.getValue().isNull())
                .map(member -> "%-16s %s".formatted(plain(member.getKey()), of(json, member.getKey())))
                .toArray(String[]::new);
    }

    /** A time to the second, in UTC; empty for none. */
    static String time(JsonNode json, String name) {
        String text = json.path(name).textValue();
        try {
            return text == null ? "" : seconds(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return plain(text);
        }
    }

    static String seconds(Instant time) {
        return time == null ? "" : time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** A number of milliseconds as a duration; empty for none. */
    static String millis(JsonNode json, String name) {
        return json.path(name).isNumber()
                ? duration(Duration.ofMillis(json.path(name).longValue()))
                : "";
    }

    /** Such as {@code 350ms}, {@code 4.2s} or {@code 1h2m3s}. */
    static String duration(Duration took) {
        if (took.toMinutes() >= 1) {
            return took.truncatedTo(ChronoUnit.SECONDS).toString().substring(2).toLowerCase(Locale.ROOT);
        }
        return took.toSeconds() >= 1
                ? String.format(Locale.ROOT, "%.1fs", took.toMillis() / 1000.0)
                : took.toMillis() + "ms";
    }

    /** Such as {@code 12 B} or {@code 3.4 MiB}. */
    static String bytes(long bytes) {
        if (bytes < KILO) {
            return bytes + " B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= KILO && unit < 3) {
            size /= KILO;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", size, "KMGT".charAt(unit));
    }

    /** A status with its colour, if there are any. */
    static String status(Ansi ansi, String status) {
        String style = switch (status) {
            case "completed", "done", "delivered", "alive", "active" -> "green";
            case "failed", "lost", "disabled" -> "red";
            case "running" -> "cyan";
            case "pending" -> "yellow";
            default -> "faint";
        };
        return ansi.enabled() ? ansi.string("@|" + style + " " + status + "|@") : status;
    }

    /**
     * A name as a part of a path. What no path can carry would lead to another address.
     *
     * @param label of the operand
     * @throws Misuse if it can be no name
     */
    static String part(String label, String name) {
        if (name.isEmpty()) {
            throw new Misuse(label + " is empty");
        }
        if (NOT_IN_PATHS.matcher(name).find()) {
            throw new Misuse(
                    "\"" + plain(name) + "\" cannot be " + label
                            + ": names have no slash, backslash, semicolon, percent sign or control character, and are more than dots");
        }
        return encoded(name);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Such as {@code &tool=report}; empty for null. */
    static String query(String name, Object value) {
        return value == null ? "" : "&" + name + "=" + encoded(value.toString());
    }

    /** A text unchanged, anything else as JSON on lines. */
    static String result(JsonNode result) {
        if (result == null || result.isNull()) {
            return "null";
        }
        return result.isTextual() ? plain(result.textValue()) : result.toPrettyString();
    }
}
