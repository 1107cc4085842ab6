package io.longhaul.mcp.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Values of MCP headers: plain ASCII text, or the base64 of a text in UTF-8. */
public final class HeaderValue {
    private static final String START = "=?base64?";
    private static final String END = "?=";
    private static final int QUANTUM = 4;

    private HeaderValue() {}

    /**
     * Any text as the value of a header.
     *
     * @param text any text
     * @return the value of the header
     */
    public static String encode(String text) {
        boolean plain = text.chars().allMatch(c -> c >= 0x20 && c < 0x7f)
                && text.equals(text.strip())
                && !(text.startsWith(START) && text.endsWith(END));
        String encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return plain ? text : START + encoded + END;
    }

    /**
     * The text of a header.
     *
     * @param header the received value, or null
     * @return null if there is no value, or its base64 is malformed
     */
    public static String decode(String header) {
        String value = header == null ? "" : header.strip();
        if (value.chars().anyMatch(c -> c < 0x20 || c >= 0x7f)) {
            return null;
        }
        if (!value.startsWith(START) || !value.endsWith(END) || value.length() < START.length() + END.length()) {
            return header == null ? null : value;
        }
        String encoded = value.substring(START.length(), value.length() - END.length());
        if (encoded.length() % QUANTUM != 0) {
            // Java would do without the padding; the protocol does not.
            return null;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(encoded);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return null;
        }
    }
}
