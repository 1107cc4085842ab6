package io.longhaul.environment;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The environment variables of this process, with every letter. */
public final class Variables extends AbstractMap<String, String> {
    private static final Variables OF_THIS_PROCESS = read(Path.of("/proc/self/environ"));

    private final Map<String, String> texts;
    private final Set<String> broken = new HashSet<>();
    private final Charset encoding;

    private Variables(Map<String, String> given, Charset locale) {
        texts = new LinkedHashMap<>(given);
        encoding = ProcessText.encoding(locale);
    }

    /** A variable is used whose bytes are no text. */
    public static final class NoTextException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private NoTextException(String name, Charset encoding) {
            super("The variable " + name + " is no text in " + encoding
                    + ": set LC_ALL to its encoding, or correct it");
        }
    }

    /** Reads them as UTF-8 if the locale names no other encoding. */
    public static Variables ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    private static Variables read(Path file) {
        Map<String, String> given = System.getenv();
        try {
            return Files.isReadable(file)
                    ? of(given, Files.readAllBytes(file), ProcessText.LOCALE)
                    : new Variables(given, ProcessText.LOCALE);
        } catch (IOException e) {
            return new Variables(given, ProcessText.LOCALE);
        }
    }

    /**
     * Reads the values that are not all ASCII again.
     *
     * @param given what Java made of them
     * @param bytes words that end with a NUL each, as proc(5) has them
     * @param locale the encoding that Java took
     */
    static Variables of(Map<String, String> given, byte[] bytes, Charset locale) {
        Variables variables = new Variables(given, locale);
        Set<String> seen = new HashSet<>();
        for (String word : ProcessText.words(bytes)) {
            String name = word.replaceFirst("(?s)=.*", "");
            // Of two with one name, Java takes the first.
            if (seen.add(name) && !ProcessText.isAscii(word) && !ProcessText.isAscii(given.getOrDefault(name, ""))) {
                variables.keep(name, word.substring(name.length() + 1));
            }
        }
        return variables;
    }

    private void keep(String name, String bytes) {
        try {
            texts.put(name, ProcessText.read(bytes, encoding));
        } catch (CharacterCodingException e) {
            broken.add(name);
        }
    }

    /**
     * The value of a variable, or null.
     *
     * @throws NoTextException if it is no text
     */
    @Override
    public String get(Object name) {
        if (broken.contains(name)) {
            throw new NoTextException((String) name, encoding);
        }
        return texts.get(name);
    }

    @Override
    public boolean containsKey(Object name) {
        return texts.containsKey(name);
    }

    /** With Java's reading of those that are no text. */
    @Override
    public Set<Entry<String, String>> entrySet() {
        return Collections.unmodifiableMap(texts).entrySet();
    }
}
