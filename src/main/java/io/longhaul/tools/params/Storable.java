package io.longhaul.tools.params;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.longhaul.json.JsonFault;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;

/**
 * Checks and cleans values for PostgreSQL: its jsonb and text can store neither the NUL character nor half a surrogate
 * pair, and its numbers end at 131,072 digits before and 16,383 after the point. JSON allows all of these, so a tool
 * may send them.
 */
public final class Storable {
    private static final char REPLACEMENT = '\uFFFD';
    private static final int MOST_DIGITS_BEFORE_POINT = 131_072;
    private static final int MOST_DIGITS_AFTER_POINT = 16_383;

    /**
     * Bound on the zeros for which exponents stand, in all numbers of a value without a limit of its own. PostgreSQL
     * writes numbers out when a value is read: without this bound a short text such as {@code [1e131071, ...]} would
     * become too large for that.
     */
    static final long MOST_ZEROS = 1L << 20;

    /**
     * Without limits, to tell JSON from text: JSON that cannot be stored must be refused, and not be taken for text.
     */
    private static final JsonFactory SYNTAX = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final JsonFactory JSON = JsonFactory.builder()
            // The JDK's own parser takes a tenth of a second for the longest number.
            .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(MOST_DIGITS_BEFORE_POINT + MOST_DIGITS_AFTER_POINT + 20)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Storable() {}

    /** Returns the text with NUL characters and lone surrogates replaced by U+FFFD. */
    public static String text(String text) {
        int first = firstUnstorable(text);
        if (first < 0) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text);
        for (int i = first; i < clean.length(); i++) {
            if (isUnstorable(clean, i)) {
                clean.setCharAt(i, REPLACEMENT);
            }
        }
        return clean.toString();
    }

    /**
     * As {@link #text(String)}; a longer text is cut between two characters and ends with {@code …}.
     *
     * @param most characters that are kept
     */
    public static String text(String text, int most) {
        if (text.length() <= most) {
            return text(text);
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text(text.substring(0, end)) + "…";
    }

    /**
     * Returns the same JSON value with NUL characters and lone surrogates in strings and names replaced by U+FFFD;
     * every digit stays.
     *
     * @param json text that should be one JSON value
     * @throws NotStorableException if the text is not one JSON value, nested deeper than 1,000 levels, or has a number
     *     that is too large
     */
    public static String json(String json) throws NotStorableException {
        return json(json, MOST_ZEROS + json.length());
    }

    /**
     * As {@link #json(String)}, with a limit on the value's size.
     *
     * @param most characters it may have with its numbers written out
     * @throws TooLongException if it has more
     */
    public static String json(String json, long most) throws NotStorableException {
        try {
            return isClean(json, most - json.length()) ? json : rewritten(json);
        } catch (StreamConstraintsException e) {
            throw new NotStorableException("is too deeply nested or holds too long a number: " + JsonFault.what(e));
        } catch (IOException e) {
            throw new NotStorableException("is not one JSON value");
        }
    }

    /** Returns true if the text is exactly one JSON value, even if {@link #json} would have to change it. */
    public static boolean isJson(String text) {
        return isJson(text, SYNTAX);
    }

    /**
     * Returns true if the text is one JSON value that {@link #parser} can read; false also for values with too long
     * numbers or too deep nesting.
     */
    public static boolean isReadableJson(String text) {
        return isJson(text, JSON);
    }

    private static boolean isJson(String text, JsonFactory factory) {
        try (JsonParser parser = factory.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            // The parser reads a scalar such as a number to its end only on request.
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads JSON as large as can be stored; Jackson's default limits for strings and numbers are lower. */
    public static JsonParser parser(String json) throws IOException {
        return JSON.createParser(json);
    }

    /** Reads JSON of any depth, with numbers of any length, token by token. */
    public static JsonParser syntaxParser(String json) throws IOException {
        return SYNTAX.createParser(json);
    }

    static int firstUnstorable(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUnstorable(text, i)) {
                return i;
            }
        }
        return -1;
    }

    static boolean fits(BigDecimal number) {
        return fit(number.precision(), number.scale());
    }

    /** Returns true if a number with this many digits, of which so many are behind the point, can be stored. */
    static boolean fit(long digits, long behindPoint) {
        return digits - behindPoint <= MOST_DIGITS_BEFORE_POINT && behindPoint <= MOST_DIGITS_AFTER_POINT;
    }

    /** Zeros that PostgreSQL adds when it writes the number out. */
    static long zeros(BigDecimal number) {
        return Math.max(0, Math.abs((long) number.scale()) - number.precision());
    }

    private static boolean isUnstorable(CharSequence text, int index) {
        char c = text.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return index == 0 || !Character.isHighSurrogate(text.charAt(index - 1));
        }
        return c == 0;
    }

    private static boolean isClean(String json, long mostZeros) throws IOException, NotStorableException {
        boolean clean = true;
        long zeros = 0;
        try (JsonParser parser = parser(json)) {
            int depth = 0;
            do {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    throw new NotStorableException("is not one JSON value");
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                clean &= isClean(parser, token);
                zeros += token.isNumeric() ? zeros(parser.getText()) : 0;
                if (zeros > mostZeros) {
                    throw new TooLongException();
                }
            } while (depth > 0);
            if (parser.nextToken() != null) {
                throw new NotStorableException("is more than one JSON value");
            }
        }
        return clean;
    }

    private static boolean isClean(JsonParser parser, JsonToken token) throws IOException, NotStorableException {
        if (token.isNumeric()) {
            checkNumber(parser.getText());
            return true;
        }
        boolean hasText = token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME;
        return !hasText || firstUnstorable(parser.getText()) < 0;
    }

    /** Only an exponent makes a number longer than its text. */
    private static long zeros(String number) {
        return hasExponent(number) ? NumberText.of(number).zeros() : 0;
    }

    private static boolean hasExponent(String number) {
        return number.indexOf('e') > 0 || number.indexOf('E') > 0;
    }

    private static void checkNumber(String number) throws NotStorableException {
        // Other numbers are never too large.
        boolean suspect = number.length() > MOST_DIGITS_AFTER_POINT || hasExponent(number);
        if (suspect && !NumberText.of(number).fits()) {
            String shown = number.length() > 40 ? number.substring(0, 40) + "..." : number;
            throw new NotStorableException("holds the number " + shown
                    + ", which has more digits than can be stored (131072 before and 16383 after the point)");
        }
    }

    private static String rewritten(String json) throws IOException {
        StringWriter out = new StringWriter(json.length());
        try (JsonParser parser = parser(json);
                JsonGenerator generator = JSON.createGenerator(out)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                copy(parser, token, generator);
            }
        }
        return out.toString();
    }

    private static void copy(JsonParser parser, JsonToken token, JsonGenerator generator) throws IOException {
        if (token == JsonToken.FIELD_NAME) {
            generator.writeFieldName(text(parser.currentName()));
        } else if (token == JsonToken.VALUE_STRING) {
            generator.writeString(text(parser.getText()));
        } else if (token.isNumeric()) {
            generator.writeNumber(parser.getText());
        } else {
            generator.copyCurrentEvent(parser);
        }
    }

    /** The value cannot be stored; the message continues "The result ...". */
    public static class NotStorableException extends Exception {
        private static final long serialVersionUID = 1;

        NotStorableException(String message) {
            super(message);
        }
    }

    /** The value's numbers are too long in all. */
    public static final class TooLongException extends NotStorableException {
        private static final long serialVersionUID = 1;

        TooLongException() {
            super(
                    "holds numbers that are too long in all when written out, as PostgreSQL does: 1e1000 counts 1,001 bytes");
        }
    }
}
