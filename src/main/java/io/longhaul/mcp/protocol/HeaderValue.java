package io.longhaul.mcp.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The values of headers as MCP writes them: as they are, or as base64 of their UTF-8. */
public final class HeaderValue {
    private static final String START = "=?base64?";
    private static final String END = "?=";
    private static final int QUANTUM = 4;

    private HeaderValue() {}

    /**
     * Any text as the value of a header.
     *
     * @param text to be sent
     * @return the value that stands for it
     */
    public static String encode(String text) {
        boolean plain = text.chars().allMatch(c -> c >= 0x20 && c < 0x7f)
                && text.equals(text.strip())
                && !(text.startsWith(START) && text.endsWith(END));
        String encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return plain ? text : START + encoded + END;
    }

    /**
     * The text that a header stands for.
     *
     * @param header as it was sent, or null
     * @return null if it was not sent, or is not what it says
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
