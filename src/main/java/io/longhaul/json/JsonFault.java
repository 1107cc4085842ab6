package io.longhaul.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is wrong with a text that is no JSON, or no YAML, for whoever wrote it: without details of the parser. */
public final class JsonFault {
    /** Where the parser keeps its settings, and how it would be set otherwise. */
    private static final Pattern SETTINGS =
            Pattern.compile(" \\(start marker at.*|: enable .*|: maybe a .*|, from `[^`]*`", Pattern.DOTALL);

    private JsonFault() {}

    /** What is wrong, and where, if the parser knows. */
    public static String of(JsonProcessingException failure) {
        JsonLocation location = failure.getLocation();
        return what(failure) + (location == null ? "" : ", at " + place(location));
    }

    /** The same for a text of one line. */
    public static String ofLine(JsonProcessingException failure) {
        JsonLocation location = failure.getLocation();
        return what(failure) + (location == null ? "" : ", at column " + location.getColumnNr());
    }

    /** What is wrong. */
    public static String what(JsonProcessingException failure) {
        // Further lines of YAML's parser are indented and repeat the place.
        String message = failure.getOriginalMessage()
                .lines()
                .filter(line -> !line.startsWith(" "))
                .distinct()
                .collect(Collectors.joining(" "));
        if (isTwice(failure)) {
            return message.replaceFirst("(?s)Duplicate field '(.*)'", "it has the member \"$1\" twice");
        }
        return message.startsWith("Trailing token")
                ? "Something follows the JSON value"
                : SETTINGS.matcher(message).replaceAll("");
    }

    /** Whether a strict parser found a member for the second time: the text is well formed, but one of them would be dropped. */
    public static boolean isTwice(JsonProcessingException failure) {
        return failure.getOriginalMessage().startsWith("Duplicate field");
    }

    /** A place for people; the parser may know none. */
    public static String place(JsonLocation location) {
        return location == null
                ? "an unknown place"
                : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
