package io.longhaul.environment;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The arguments of this process, with every letter. */
public final class Arguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /**
     * Reads them again, as UTF-8 if the locale names no other encoding.
     *
     * @param given what Java made of them
     * @throws IllegalArgumentException if one is not in that encoding
     */
    public static String[] ofThisProcess(String[] given) throws IOException {
        return Files.isReadable(COMMAND_LINE) ? of(given, Files.readAllBytes(COMMAND_LINE), ProcessText.LOCALE) : given;
    }

    /**
     * Reads the arguments of a call.
     *
     * @param call words that end with a NUL each, as proc(5) has them; the arguments are the last ones
     * @param locale the encoding that Java took
     */
    static String[] of(String[] given, byte[] call, Charset locale) {
        List<String> words = ProcessText.words(call);
        int first = words.size() - 1 - given.length;
        if (first < 0 || IntStream.range(0, given.length).anyMatch(i -> isOther(words.get(first + i), given[i]))) {
            // Another program runs this one within its own process.
            return given;
        }
        Charset encoding = ProcessText.encoding(locale);
        return IntStream.range(0, given.length)
                .mapToObj(i -> word(i + 1, words.get(first + i), encoding))
                .toArray(String[]::new);
    }

    private static boolean isOther(String word, String given) {
        return ProcessText.isAscii(word) && !word.equals(given);
    }

    private static String word(int place, String bytes, Charset encoding) {
        try {
            return ProcessText.read(bytes, encoding);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "Argument " + place + " is no text in " + encoding
                            + ". Set LC_ALL to the encoding of your terminal.",
                    e);
        }
    }
}
