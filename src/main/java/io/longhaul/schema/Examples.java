package io.longhaul.schema;

import io.longhaul.environment.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import net.sourceforge.argparse4j.inf.ArgumentParser;

/** The examples at the end of what {@code --help} prints, from {@code examples.txt}: one command a line. */
public final class Examples {
    private Examples() {}

    /**
     * Adds the examples of a command to its help.
     *
     * @param words of the command, such as {@code db migrate}
     */
    public static void add(ArgumentParser parser, String words) {
        parser.epilog(of(words).stream()
                .map(example -> "  " + Program.called() + " " + example)
                .collect(Collectors.joining("\n", "Examples:\n", "")));
    }

    /** The examples of a command, without the program. */
    public static List<String> of(String words) {
        return all().stream()
                .filter(line -> line.equals(words) || line.startsWith(words + " "))
                .toList();
    }

    private static List<String> all() {
        try (InputStream in = Examples.class.getResourceAsStream("/examples.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
