package io.longhaul.cli.remote;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** Shells without a terminal and without colours, in which nothing is shown again. */
final class TestShells {
    private TestShells() {}

    /** Both outputs in one, and nothing to read. */
    static Shell of(Map<String, String> environment, OutputStream said) {
        return of(environment, "", said, said);
    }

    static Shell of(Map<String, String> environment, String in, OutputStream out, OutputStream err) {
        return new Shell(
                environment,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Ansi.OFF,
                Terminals.NONE,
                seconds -> false);
    }
}
