package io.longhaul.tools;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Checks file names: file systems, URLs and people must be able to handle them. */
public final class FileName {
    /** The limit of common file systems. */
    private static final int LONGEST_BYTES = 255;

    private FileName() {}

    /**
     * Checks a name without a path.
     *
     * @return the problem, as the end of a sentence; empty if there is none
     */
    public static Optional<String> problem(String name) {
        if (name.isBlank() || name.equals(".") || name.equals("..")) {
            return Optional.of("is no file's name");
        }
        if (name.indexOf('/') >= 0 || name.codePoints().anyMatch(FileName::isUnfit)) {
            return Optional.of("has a slash, a control character or one that is none");
        }
        int bytes = bytes(name);
        if (bytes < 0) {
            return Optional.of("has half of a character");
        }
        return bytes > LONGEST_BYTES
                ? Optional.of("has more than " + LONGEST_BYTES + " bytes in UTF-8")
                : Optional.empty();
    }

    /** Java decodes a name that is not in the server's character set to U+FFFD; such a file could not be opened. */
    private static boolean isUnfit(int c) {
        return Character.isISOControl(c) || c == 0xFFFD;
    }

    private static int bytes(String name) {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(name))
                    .remaining();
        } catch (CharacterCodingException e) {
            return -1;
        }
    }
}
