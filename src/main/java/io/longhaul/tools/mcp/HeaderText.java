package io.longhaul.tools.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Any text as the value of a header, as MCP writes it. */
final class HeaderText {
    private static final String START = "=?base64?";
    private static final String END = "?=";

    private HeaderText() {}

    static String of(String text) {
        boolean plain = text.chars().allMatch(c -> c >= 0x20 && c < 0x7f)
                && text.equals(text.strip())
                && !(text.startsWith(START) && text.endsWith(END));
        return plain ? text : START + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + END;
    }
}
