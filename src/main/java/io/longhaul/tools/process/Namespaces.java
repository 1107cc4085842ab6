package io.longhaul.tools.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs programs in namespaces of their own for users, processes and mounts, by {@code unshare} of util-linux: they see
 * only their own processes, and all of them end with the first. Files, network and the user's number stay the same.
 */
final class Namespaces {
    private static final Optional<Path> UNSHARE = Program.search("unshare", Environment.PATH_OF_SYSTEM);

    /**
     * The namespace's first process, which adopts the program's orphans. The kernel sends it no signal that it does not
     * handle, so it cannot be the program itself. The shell's own messages about the program's end stay out of the
     * program's errors.
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
