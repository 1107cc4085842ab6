package io.longhaul.tools;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A small file inside text: {@code data:text/plain;name=a.txt;base64,aGVsbG8=} (RFC 2397).
 *
 * @param name the value of {@code name=}, or null
 */
// No code compares these, so an array is safe.
@SuppressWarnings("ArrayRecordComponent")
public record DataUrl(String name, byte[] bytes) {
    private static final Pattern FORM = Pattern.compile("data:([^,]*),(.*)", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    private static final Pattern SEMICOLON = Pattern.compile(";");
    private static final Pattern SPACE = Pattern.compile("[ \\t\\r\\n\\f]+");
    private static final String BASE64 = "base64";

    /** Reads a data URL; empty if the text is none. */
    public static Optional<DataUrl> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        if (form.group(1).equalsIgnoreCase(BASE64)) {
            // Meant as ";base64", but a media type by its place: plain text to some, and a damaged file.
            return Optional.empty();
        }
        String name = null;
        boolean base64 = false;
        for (String parameter : SEMICOLON.split(form.group(1), -1)) {
            base64 |= parameter.equalsIgnoreCase(BASE64);
            name = parameter.regionMatches(true, 0, "name=", 0, 5) ? parameter.substring(5) : name;
        }
        try {
            String data = form.group(2);
            return Optional.of(new DataUrl(
                    name == null ? null : new String(percent(name), StandardCharsets.UTF_8),
                    base64 ? base64(percent(data)) : percent(data)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** In either alphabet of RFC 4648, perhaps in lines; refuses all other characters. */
    private static byte[] base64(byte[] data) {
        String text =
                SPACE.matcher(new String(data, StandardCharsets.ISO_8859_1)).replaceAll("");
        boolean forUrls = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
        return (forUrls ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text);
    }

    /** Decodes percent encoding to bytes, not characters: a file need not be text. */
    private static byte[] percent(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                if (i + 3 > text.length()) {
                    throw new IllegalArgumentException("a percent sign at the end");
                }
                bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else {
                int end = text.indexOf('%', i);
                bytes.writeBytes(
                        text.substring(i, end < 0 ? text.length() : end).getBytes(StandardCharsets.UTF_8));
                i = (end < 0 ? text.length() : end) - 1;
            }
        }
        return bytes.toByteArray();
    }
}
