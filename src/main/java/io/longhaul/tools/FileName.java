package io.longhaul.tools;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What files may be called: anything that file systems, URLs and people can bear. */
public final class FileName {
    /** What file systems take for one name. */
    private static final int LONGEST_BYTES = 255;

    private FileName() {}

    /**
     * Checks the name of a file, without a path.
     *
     * @param name any text
     * @return what is wrong with it; empty if nothing is
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

    /** U+FFFD is what stands where a name was not in the server's character set: it could not be opened. */
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
