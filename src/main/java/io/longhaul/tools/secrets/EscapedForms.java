package io.longhaul.tools.secrets;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Encoded forms of a secret. */
final class EscapedForms {
    /** JSON within a JSON string doubles backslashes, and so on. Bounded, because a text may consist of backslashes. */
    private static final String BACKSLASHES = "\\\\{1,8}+";

    private static final String SHORT_ESCAPES = "\"\"//\bb\ff\nn\rr\tt";

    /** Consecutive backslashes of a secret, or one other character. */
    private static final Pattern BACKSLASH_RUN = Pattern.compile("\\\\+|.", Pattern.DOTALL);

    /** With fewer bytes, the encoded form could match another text. */
    private static final int FEWEST_BYTES = 6;

    private EscapedForms() {}

    /**
     * A pattern for the secret with its characters plain or escaped, each in its own way, and for its base64 and
     * hexadecimal forms.
     */
    static Pattern of(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        String characters = BACKSLASH_RUN
                .matcher(secret)
                .results()
                .map(MatchResult::group)
                .map(part -> part.startsWith("\\") ? backslashes(part.length()) : character(part.codePointAt(0)))
                .collect(Collectors.joining());
        return Pattern.compile(
                bytes.length < FEWEST_BYTES ? characters : characters + "|" + hex(bytes) + "|" + base64(bytes));
    }

    /** As many backslashes or more, as escaping adds them, or the same number of numeric escapes. */
    private static String backslashes(int count) {
        return "(?:(?<!\\\\)\\\\{%d,%d}|(?:%s){%d}|(?:%%(?i:5c)){%d})"
                .formatted(count, 8 * count, BACKSLASHES + "u(?i:005c)", count, count);
    }

    private static String character(int point) {
        String plain = Character.toString(point);
        String units = plain.chars()
                .mapToObj(unit -> BACKSLASHES + "u(?i:%04x)".formatted(unit))
                .collect(Collectors.joining());
        StringBuilder forms = new StringBuilder("(?:" + Pattern.quote(plain) + "|" + units + "|" + percent(plain));
        if (point == ' ') {
            forms.append("|\\+");
        }
        int at = SHORT_ESCAPES.indexOf(plain);
        if (at >= 0 && at % 2 == 0) {
            forms.append("|").append(BACKSLASHES).append(Pattern.quote(SHORT_ESCAPES.substring(at + 1, at + 2)));
        }
        return forms.append(")").toString();
    }

    private static String percent(String plain) {
        StringBuilder forms = new StringBuilder();
        for (byte one : plain.getBytes(StandardCharsets.UTF_8)) {
            forms.append("%(?i:%02x)".replace("%02x", HexFormat.of().toHexDigits(one)));
        }
        return forms.toString();
    }

    private static String hex(byte[] bytes) {
        return "(?i:" + HexFormat.of().formatHex(bytes) + ")";
    }

    /** Encodes whole groups of three bytes; the last group depends on the text that follows. */
    private static String base64(byte[] bytes) {
        byte[] whole = Arrays.copyOf(bytes, bytes.length / 3 * 3);
        String rest = "[A-Za-z0-9+/_-]{0,4}={0,2}";
        String standard = Base64.getEncoder().encodeToString(whole);
        return Pattern.quote(standard) + rest + "|"
                + Pattern.quote(Base64.getUrlEncoder().encodeToString(whole)) + rest;
    }
}
