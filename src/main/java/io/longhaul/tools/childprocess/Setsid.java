package io.longhaul.tools.childprocess;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts programs as leaders of their own session, and so of their own process group, by the {@code setsid} program of
 * util-linux or BusyBox. It becomes the program, so the process id stays the same. Without it (macOS) programs start in
 * the server's session, and their descendants are found by parentage.
 */
public final class Setsid {
    private static final Optional<Path> SETSID = Program.search("setsid", Environment.PATH_OF_SYSTEM);

    private Setsid() {}

    static boolean available() {
        return SETSID.isPresent();
    }

    /**
     * Makes a command run in a session of its own.
     *
     * @param command program, by its full path, and arguments
     * @return the command to start instead
     */
    public static List<String> command(List<String> command) {
        if (SETSID.isEmpty()) {
            return command;
        }
        List<String> inSession = new ArrayList<>(command.size() + 1);
        inSession.add(SETSID.get().toString());
        inSession.addAll(command);
        return inSession;
    }
}
