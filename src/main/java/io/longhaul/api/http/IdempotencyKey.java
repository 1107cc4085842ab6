package io.longhaul.api.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/** The key that makes a repeated submit the same submit: a field of the body or the header {@code Idempotency-Key}. */
public final class IdempotencyKey {
    public static final String HEADER = "Idempotency-Key";
    public static final String FIELD = "idempotency_key";

    /** The width of the column, too. */
    static final int LONGEST = 255;

    private static final String FORM = "must have 1 to " + LONGEST + " characters, none of them a control character";

    /** A Structured Field string (RFC 8941) of any length, matched without recursion; its parameters are ignored. */
    private static final Pattern QUOTED =
            Pattern.compile("\"((?:[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]|\\\\[\"\\\\])*+)\" *+(?:;.*+)?+");

    private static final Pattern BARE = Pattern.compile("[\\x21\\x23-\\x7E](?:[\\x20-\\x7E]*[\\x21-\\x7E])?");

    private IdempotencyKey() {}

    /**
     * Reads the key from the body's field and the header.
     *
     * @param field value of the body's field, or null
     * @param headers all headers of that name
     * @param fields receives errors
     * @return the key, or null if there is none
     */
    public static String of(String field, List<String> headers, Fields fields) {
        String fromHeader = headers.isEmpty() ? null : header(headers, fields);
        if (field != null && !isStorable(field)) {
            fields.wrong(FIELD, FORM);
        } else if (field != null && fromHeader != null && !field.equals(fromHeader)) {
            fields.wrong(FIELD, "differs from the header " + HEADER + ": send one of them, or both the same");
        }
        return field != null ? field : fromHeader;
    }

    /** Reads another field of the same form, or null. */
    public static String likewise(String name, Fields fields) {
        String key = fields.optionalText(name);
        if (key != null && !isStorable(key)) {
            fields.wrong(name, FORM);
        }
        return key;
    }

    /** Reads the key of a request whose body has no field for it, or null. */
    public static String ofHeader(HttpServletRequest request) {
        Fields fields = new Fields(JsonNodeFactory.instance.objectNode());
        String key = of(null, Collections.list(request.getHeaders(HEADER)), fields);
        fields.check(null);
        return key;
    }

    /** For a key to which something is appended. */
    public static String ofHeader(HttpServletRequest request, int longest) {
        String key = ofHeader(request);
        if (key != null && key.length() > longest) {
            throw new RefusedException(
                    ErrorCode.INVALID_REQUEST,
                    "The header " + HEADER + " must have at most " + longest + " characters here.");
        }
        return key;
    }

    private static String header(List<String> headers, Fields fields) {
        String value = headers.size() == 1 ? unquoted(headers.get(0).strip()) : null;
        if (value != null && isStorable(value)) {
            return value;
        }
        fields.wrong(
                FIELD,
                "in the header " + HEADER + " must be one key of 1 to " + LONGEST
                        + " printable ASCII characters, bare or in double quotes");
        return null;
    }

    private static String unquoted(String value) {
        var quoted = QUOTED.matcher(value);
        if (quoted.matches()) {
            return quoted.group(1).replaceAll("\\\\([\"\\\\])", "$1");
        }
        return BARE.matcher(value).matches() ? value : null;
    }

    private static boolean isStorable(String key) {
        return !key.isEmpty()
                && key.codePointCount(0, key.length()) <= LONGEST
                && key.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }
}
