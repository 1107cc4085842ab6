package io.longhaul.startup;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a {@code java -jar} was called. The words hold one character for each byte, so that they can be passed on whatever their
 * encoding is.
 *
 * @param java the first word
 * @param options for the virtual machine, up to {@code -jar}
 * @param rest {@code -jar}, the jar and its arguments
 */
record CommandLine(String java, List<String> options, List<String> rest) {
    /** Variables from which Java takes more options. */
    private static final List<String> MORE_OPTIONS = List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

    /**
     * This process' call; empty if it was another kind of call, or if the system does not tell.
     *
     * @throws IOException if the system cannot be asked
     */
    static Optional<CommandLine> ofThisProcess() throws IOException {
        Path file = Path.of("/proc/self/cmdline");
        return Files.isReadable(file) ? of(Files.readAllBytes(file)) : Optional.empty();
    }

    /**
     * Reads a call.
     *
     * @param bytes words that end with a NUL each, as proc(5) has them
     */
    static Optional<CommandLine> of(byte[] bytes) {
        List<String> words = Arrays.asList(new String(bytes, StandardCharsets.ISO_8859_1).split("\0", -1));
        words = words.subList(0, words.size() - 1);
        int jar = words.indexOf("-jar");
        return jar < 1 || jar + 1 >= words.size()
                ? Optional.empty()
                : Optional.of(new CommandLine(words.get(0), words.subList(1, jar), words.subList(jar, words.size())));
    }

    /**
     * True if the call may be repeated with an archive: the user has not chosen an archive, and nothing is told to Java that would
     * happen twice, such as the start of an agent.
     */
    boolean isPlain(Map<String, String> environment) {
        Stream<String> more = MORE_OPTIONS.stream()
                .map(name -> environment.getOrDefault(name, ""))
                .flatMap(text -> Stream.of(text.strip().split("\\s+")))
                .filter(word -> !word.isEmpty());
        return Stream.concat(options.stream(), more).allMatch(CommandLine::isPlain);
    }

    private static boolean isPlain(String option) {
        boolean known = option.startsWith("-X") || option.startsWith("-D");
        return known
                && !option.matches("-Xshare:(?!auto$).*|-Xrun.*|-Xdebug|-XX:(Flags|.*(Archive|AOT|SharedClass)).*");
    }

    /** The same call with more options in front, which are texts of Java. */
    List<String> with(List<String> more) {
        Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
        List<String> words = new ArrayList<>(List.of(java));
        more.forEach(option -> words.add(new String(option.getBytes(names), StandardCharsets.ISO_8859_1)));
        words.addAll(options);
        words.addAll(rest);
        return words;
    }
}
