package io.longhaul.tools.secrets;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A text in which characters may be escaped as in JSON or URLs, read at any place. */
final class EscapedText {
    /** JSON within a JSON string doubles backslashes, and so on. Bounded, because a text may consist of backslashes. */
    private static final int MOST_BACKSLASHES = 8;

    private static final String SHORT_ESCAPES = "\"\"//\bb\ff\nn\rr\tt";

    private final String text;

    EscapedText(String text) {
        this.text = text;
    }

    String plain() {
        return text;
    }

    /** Whether the character here may begin an escape. */
    boolean isEscape(int at) {
        return is('%', at) || is('\\', at) || is('+', at);
    }

    /** The character that an escape here stands for, or the first of its bytes in UTF-8; -1 if none begins here. */
    int escaped(int at) {
        return switch (text.charAt(at)) {
            case '+' -> ' ';
            case '%' -> hex(at + 1, 2);
            case '\\' -> afterBackslashes(at + backslashes(at, MOST_BACKSLASHES));
            default -> -1;
        };
    }

    private int afterBackslashes(int letter) {
        if (is('u', letter)) {
            return hex(letter + 1, 4);
        }
        for (int n = 0; n < SHORT_ESCAPES.length(); n += 2) {
            if (is(SHORT_ESCAPES.charAt(n + 1), letter)) {
                return SHORT_ESCAPES.charAt(n);
            }
        }
        return -1;
    }

    /** Adds the places after this character, plain or escaped. */
    void pass(int point, int at, Places next) {
        if (is('%', at) || is('\\', at)) {
            passEscapes(Character.toString(point), at, next);
            passShortEscape(point, at + backslashes(at, MOST_BACKSLASHES), next);
        }
        if (at < text.length() && text.codePointAt(at) == point) {
            next.add(at + Character.charCount(point));
        } else if (point == ' ' && is('+', at)) {
            next.add(at + 1);
        }
    }

    private void passShortEscape(int point, int letter, Places next) {
        int known = SHORT_ESCAPES.indexOf(point);
        if (known >= 0 && known % 2 == 0 && is('\\', letter - 1) && is(SHORT_ESCAPES.charAt(known + 1), letter)) {
            next.add(letter + 1);
        }
    }

    /** Adds the places after as many backslashes or more, as escaping adds them, or as many numeric escapes. */
    void passBackslashes(int count, int at, Places next) {
        if (is('%', at) || is('\\', at)) {
            passEscapes("\\".repeat(count), at, next);
        }
        int most = MOST_BACKSLASHES * count;
        int there = is('\\', at - 1) ? 0 : backslashes(at, most + MOST_BACKSLASHES + 1);
        if (there >= count) {
            next.add(at + Math.min(there, most));
            // The last ones may belong to the escape of the next character.
            int others = Math.max(count, there - MOST_BACKSLASHES);
            if (others <= most) {
                next.add(at + others);
            }
        }
    }

    private void passEscapes(String plain, int at, Places next) {
        int afterBytes = at;
        for (byte one : plain.getBytes(StandardCharsets.UTF_8)) {
            afterBytes = is('%', afterBytes) && hex(afterBytes + 1, 2) == Byte.toUnsignedInt(one) ? afterBytes + 3 : -1;
        }
        int afterUnits = at;
        for (int n = 0; n < plain.length(); n++) {
            int letter = afterUnits + backslashes(afterUnits, MOST_BACKSLASHES);
            boolean fits = letter > afterUnits && is('u', letter) && hex(letter + 1, 4) == plain.charAt(n);
            afterUnits = fits ? letter + 5 : -1;
        }
        next.add(Math.max(afterBytes, afterUnits));
    }

    private int backslashes(int at, int most) {
        int count = 0;
        while (count < most && is('\\', at + count)) {
            count++;
        }
        return count;
    }

    private boolean is(char expected, int at) {
        return at >= 0 && at < text.length() && text.charAt(at) == expected;
    }

    /** The value of that many hexadecimal digits, or -1. */
    private int hex(int at, int digits) {
        int value = at + digits <= text.length() ? 0 : -1;
        for (int n = at; value >= 0 && n < at + digits; n++) {
            char digit = text.charAt(n);
            value = HexFormat.isHexDigit(digit) ? value * 16 + HexFormat.fromHexDigit(digit) : -1;
        }
        return value;
    }
}
