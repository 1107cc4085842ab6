package io.longhaul.tools.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Programs in namespaces of their own for users, processes and mounts, by {@code unshare} of util-linux: they see no process but
 * their own, and all of them end with the first. Files, network and the user's number stay as they are.
 */
final class Namespaces {
    private static final Optional<Path> UNSHARE = Program.search("unshare", Environment.PATH_OF_SYSTEM);

    /**
     * The first process of the namespace. To that one the kernel gives no signal that it does not handle, so it is not the
     * program; it takes in the program's orphans. What a shell says of a program's end stays out of the program's errors.
     */
    private static final String FIRST = "exec 3>&2 2>/dev/null; \"$@\" 2>&3 3>&-; exit $?";

    private Namespaces() {}

    static Optional<Path> available() {
        return UNSHARE;
    }

    /** The command to start instead. */
    static List<String> command(List<String> command) {
        List<String> inside = new ArrayList<>(List.of(
                UNSHARE.orElseThrow().toString(),
                "--user",
                "--map-current-user",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "--",
                "/bin/sh",
                "-c",
                FIRST,
                "longhaul-first"));
        inside.addAll(command);
        return inside;
    }
}
