package io.longhaul.environment;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Texts between processes, which are bytes. Where the locale knows only ASCII, Java makes others of all other letters. */
public final class ProcessText {
    /** The encoding that Java takes for the arguments of this process. */
    static final Charset LOCALE = Charset.forName(System.getProperty("sun.jnu.encoding"));

    private ProcessText() {}

    /** The encoding of a locale's texts; UTF-8 if the locale's is ASCII, because then nobody has named one. */
    public static Charset encoding(Charset locale) {
        return locale.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : locale;
    }

    /** Splits texts that end with a NUL each, as proc(5) has them; each character of the words is one byte. */
    static List<String> words(byte[] bytes) {
        return List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("\0", -1));
    }

    static boolean isAscii(String text) {
        return StandardCharsets.US_ASCII.newEncoder().canEncode(text);
    }

    /** Reads a word whose characters are bytes. */
    static String read(String word, Charset encoding) throws CharacterCodingException {
        return encoding.newDecoder()
                .decode(ByteBuffer.wrap(word.getBytes(StandardCharsets.ISO_8859_1)))
                .toString();
    }
}
