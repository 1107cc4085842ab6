package io.longhaul.cli.remote;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The commands that ask a server, to be looked at and not to be run. */
public final class RemoteTree {
    private RemoteTree() {}

    public static CommandLine tree() {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Shell shell = new Shell(
                Map.of(),
                new ByteArrayInputStream(new byte[0]),
                nowhere,
                nowhere,
                Ansi.OFF,
                Terminals.NONE,
                s -> false);
        return new RemoteCommands(shell).commands(RemoteCommands.names());
    }
}
