package io.longhaul.tools.secrets;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A secret as it is, in hexadecimal or in base64, compared with texts in which any of its characters may be escaped, each
 * in its own way. No regular expression: one for a long secret overflows the stack, and the message of that error is the
 * secret.
 */
final class SecretForm {
    /** Marks a place where a line or a text was cut. */
    static final String CUT = "...";

    /** Shorter parts of a secret would match too much. */
    private static final int SHORTEST_PART = 4;

    /** With fewer bytes, the encoded form could match another text. */
    private static final int FEWEST_BYTES = 6;

    private enum Kind {
        PLAIN,
        HEX,
        BASE64
    }

    private final Kind kind;
    private final String text;

    /** Code points; a negative number stands for as many backslashes, because their number says nothing in an escaped text. */
    private final int[] parts;

    /** Whether it may look escaped where it is not. */
    private final boolean looksEscaped;

    private SecretForm(Kind kind, String text) {
        this.kind = kind;
        this.text = text;
        this.parts = parts(text);
        this.looksEscaped = text.indexOf('%') >= 0 || text.indexOf('\\') >= 0;
    }

    private static int[] parts(String text) {
        int[] points = text.codePoints().toArray();
        int size = 0;
        for (int point : points) {
            if (point != '\\') {
                points[size++] = point;
            } else if (size > 0 && points[size - 1] < 0) {
                points[size - 1]--;
            } else {
                points[size++] = -1;
            }
        }
        return Arrays.copyOf(points, size);
    }

    /** The forms of a secret, which must not be empty. */
    static Stream<SecretForm> of(String secret) {
        SecretForm plain = new SecretForm(Kind.PLAIN, secret);
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < FEWEST_BYTES) {
            return Stream.of(plain);
        }
        // Whole groups of three bytes; the last group depends on the text that follows.
        byte[] whole = Arrays.copyOf(bytes, bytes.length / 3 * 3);
        Stream<String> base64 = Stream.of(Base64.getEncoder(), Base64.getUrlEncoder())
                .map(encoder -> encoder.encodeToString(whole))
                .distinct();
        return Stream.concat(
                Stream.of(plain, new SecretForm(Kind.HEX, HexFormat.of().formatHex(bytes))),
                base64.map(encoded -> new SecretForm(Kind.BASE64, encoded)));
    }

    /** The characters with which it begins, unless that one is escaped. */
    IntStream firsts() {
        char first = text.charAt(0);
        return kind == Kind.HEX
                ? IntStream.of(first, Character.toUpperCase(first)).distinct()
                : IntStream.of(first);
    }

    /** The end of this form in the text, or -1 if it does not begin at the place. */
    int end(EscapedText other, int at) {
        int end = at + samePart(other.plain(), at);
        if (end < at + text.length()) {
            // Nearly always another text, and this is asked at all places.
            end = looksEscaped || other.isEscape(end) ? escapedEnd(other, at) : -1;
        }
        return end >= 0 && kind == Kind.BASE64 ? rest(other.plain(), end) : end;
    }

    private int samePart(String other, int at) {
        int length = 0;
        int most = Math.min(text.length(), other.length() - at);
        while (length < most && isSame(other.charAt(at + length), text.charAt(length))) {
            length++;
        }
        return length;
    }

    private boolean isSame(char theirs, char ours) {
        return theirs == ours || (kind == Kind.HEX && theirs == Character.toUpperCase(ours));
    }

    private int escapedEnd(EscapedText other, int at) {
        Places here = new Places();
        Places next = new Places();
        here.add(at);
        for (int n = 0; n < parts.length && here.size() > 0; n++) {
            for (int k = 0; k < here.size(); k++) {
                pass(parts[n], other, here.get(k), next);
            }
            Places passed = here;
            here = next;
            next = passed;
            next.clear();
        }
        return here.last();
    }

    private void pass(int part, EscapedText other, int at, Places next) {
        if (part < 0) {
            other.passBackslashes(-part, at, next);
            return;
        }
        other.pass(part, at, next);
        if (kind == Kind.HEX) {
            other.pass(Character.toUpperCase(part), at, next);
        }
    }

    /** Leaves out what the last group of base64 may look like. */
    private static int rest(String text, int from) {
        int end = from;
        while (end < text.length() && end < from + 4 && isBase64(text.charAt(end))) {
            end++;
        }
        for (int n = 0; n < 2 && end < text.length() && text.charAt(end) == '='; n++) {
            end++;
        }
        return end;
    }

    private static boolean isBase64(char one) {
        return one < 128 && (Character.isLetterOrDigit(one) || "+/_-".indexOf(one) >= 0);
    }

    /** The end of the beginning of this secret where the text is marked as cut right behind it, or -1. */
    int cutEnd(String other, int at) {
        int end = -1;
        int most = kind == Kind.PLAIN ? Math.min(text.length() - 1, other.length() - at) : 0;
        for (int length = 1; length <= most && other.charAt(at + length - 1) == text.charAt(length - 1); length++) {
            if (length >= SHORTEST_PART && other.startsWith(CUT, at + length)) {
                end = at + length;
            }
        }
        return end;
    }
}
