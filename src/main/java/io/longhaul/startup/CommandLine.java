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
    private static final String READS_ARCHIVE = "-Xshare:(auto|on|off)|-XX:(SharedArchiveFile|AOTCache)=.*";
    private static final String CHOOSES_ARCHIVE = "-Xshare:(?!auto$).*|-XX:.*(Archive|AOT|SharedClass).*";
    private static final String ONCE =
            "-Xrun.*|-Xdebug|-XX:(Flags|VMOptionsFile)=.*|-XX:(StartFlightRecording|FlightRecorder).*"
                    // A listening port of Java stays open in the process that is repeated.
                    + "|-Dcom\\.sun\\.management\\..*|" + CHOOSES_ARCHIVE;

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
     * True if the call may be repeated with more options: nothing is told to Java that would happen twice, such as the start of an
     * agent, or that cannot be seen here.
     */
    boolean isRepeatable(Map<String, String> environment) {
        return allOptions(environment).stream()
                .allMatch(option ->
                        option.matches("-[XD].*") && (option.matches(READS_ARCHIVE) || !option.matches(ONCE)));
    }

    /** True if the user says which archive Java reads or writes, or that it reads none. */
    boolean choosesArchive(Map<String, String> environment) {
        return allOptions(environment).stream().anyMatch(option -> option.matches(CHOOSES_ARCHIVE));
    }

    /** The options of this call and those that Java takes from the environment. */
    List<String> allOptions(Map<String, String> environment) {
        return Stream.concat(options.stream(), JavaOptions.ofEnvironment(environment))
                .toList();
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
