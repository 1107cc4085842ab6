package io.longhaul.startup;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import io.longhaul.clib.CLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets a server start from an archive of its classes without an option of Java: the process calls itself again with the
 * option, in the same process (execve(2)), so that its id, its streams and its limits stay.
 */
public final class QuickStart {
    /** Names the archive that this process was started from. */
    static final String STARTED_FROM = "longhaul.archive";

    /** Says why this process could not be started anew. */
    static final String PROBLEM = "longhaul.archive.problem";

    private QuickStart() {}

    /**
     * Starts this process anew from an archive, if there is one that fits. Returns if there is none, if the process was started
     * from it, or if something is in the way: then it starts slowly.
     *
     * @param environment its variables; {@code LONGHAUL_ARCHIVE} names the folder of archives, or is {@code off}
     */
    public static void fromArchive(Map<String, String> environment) {
        try {
            again(environment).ifPresent(QuickStart::become);
        } catch (IOException | RuntimeException | LinkageError e) {
            // Whatever it is, the server starts without, and says so when it has a log.
            System.setProperty(PROBLEM, e.toString());
        }
    }

    private static Optional<List<String>> again(Map<String, String> environment) throws IOException {
        if (System.getProperty(STARTED_FROM) != null) {
            return Optional.empty();
        }
        Optional<CommandLine> call = CommandLine.ofThisProcess().filter(one -> one.isPlain(environment));
        Optional<ArchiveFolder> folder = ArchiveFolder.of(environment);
        if (call.isEmpty() || folder.isEmpty()) {
            return Optional.empty();
        }
        return folder.get().find(jar()).map(archive -> call.get().with(options(archive)));
    }

    /** The jar that this process runs. */
    static Path jar() {
        return Path.of(System.getProperty("java.class.path"));
    }

    private static List<String> options(Path archive) {
        // If it does not fit, the server starts as without. Java's lines on that would be no lines of the log.
        List<String> options = new ArrayList<>(List.of("-D" + STARTED_FROM + "=" + archive, "-Xlog:cds*=off"));
        if (archive.toString().endsWith(".aot")) {
            options.addAll(List.of("-XX:AOTCache=" + archive, "-Xlog:aot*=off"));
        } else {
            options.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto"));
        }
        return options;
    }

    private static void become(List<String> words) {
        String missing = CLibrary.bind(Calls.class);
        if (missing == null) {
            // The link leads to the program of this process, wherever its first word was found.
            Calls.execv(
                    "/proc/self/exe",
                    new StringArray(words.toArray(String[]::new), StandardCharsets.ISO_8859_1.name()));
            missing = "the system did not start this process again (error " + Native.getLastError() + ")";
        }
        System.setProperty(PROBLEM, missing);
    }

    /** Functions of the C library. */
    static final class Calls {
        private Calls() {}

        /** Returns only if it failed: execve(2). */
        static native int execv(String path, Pointer arguments);

        /** Sets how much a process or thread stands back: setpriority(2). */
        static native int setpriority(int which, int who, int nice);
    }
}
