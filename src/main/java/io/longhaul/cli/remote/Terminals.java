package io.longhaul.cli.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * Which of a process' streams are terminals that understand escape codes. Colours are another question: people who want
 * none still want a bar.
 *
 * @param out whether standard output is one
 * @param err whether standard error is one
 */
record Terminals(boolean out, boolean err) {
    static final Terminals NONE = new Terminals(false, false);

    private static final Path STREAMS = Path.of("/proc/self/fd");

    /** Those of this process. */
    static Terminals of(Map<String, String> environment) {
        return in(STREAMS, environment);
    }

    /** @param streams has a symbolic link for each stream, by its number */
    static Terminals in(Path streams, Map<String, String> environment) {
        if (environment.getOrDefault("TERM", "").equals("dumb")) {
            return NONE;
        }
        return new Terminals(isTerminal(streams.resolve("1")), isTerminal(streams.resolve("2")));
    }

    private static boolean isTerminal(Path stream) {
        try {
            String target = Files.readSymbolicLink(stream).toString();
            return target.matches("/dev/(pts/|tty|console).*");
        } catch (IOException | UnsupportedOperationException e) {
            // Not Linux: Java knows only of all streams together.
            return Ansi.AUTO.enabled();
        }
    }
}
