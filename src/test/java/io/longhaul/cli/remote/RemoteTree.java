package io.longhaul.cli.remote;

import java.io.OutputStream;
import java.util.Map;
import picocli.CommandLine;

/** The commands that ask a server, to be looked at and not to be run. */
public final class RemoteTree {
    private RemoteTree() {}

    public static CommandLine tree() {
        Shell shell = TestShells.of(Map.of(), OutputStream.nullOutputStream());
        return new RemoteCommands(shell).commands(RemoteCommands.names());
    }
}
