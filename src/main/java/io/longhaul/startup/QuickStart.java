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
 * Lets a server run with the options of Java that fit it, and from an archive of its classes, without a word of its user: the
 * program calls itself again with them, in the same process (execve(2)), so that its id, its streams and its limits stay.
 */
public final class QuickStart {
    /** Names the archive that this process was started from. */
    static final String STARTED_FROM = "longhaul.archive";

    /** Is set in a process that was started anew; whoever sets it wants none of that. */
    static final String ANEW = "longhaul.anew";

    /** Says why this process could not be started anew. */
    static final String PROBLEM = "longhaul.archive.problem";

    private QuickStart() {}

    /**
     * Starts this process anew with {@link JavaOptions}, and from an archive if there is one that fits. Returns if it was started
     * so, or if something is in the way: then it runs with what it has.
     *
     * @param environment its variables; {@code LONGHAUL_ARCHIVE} names the folder of archives, or is {@code off}
     */
    public static void anew(Map<String, String> environment) {
        try {
            again(environment).ifPresent(QuickStart::become);
        } catch (IOException | RuntimeException | LinkageError e) {
            // Whatever it is, the server starts without, and says so when it has a log.
            System.setProperty(PROBLEM, e.toString());
        }
    }

    private static Optional<List<String>> again(Map<String, String> environment) throws IOException {
        if (System.getProperty(ANEW) != null) {
            return Optional.empty();
        }
        Optional<CommandLine> repeatable = CommandLine.ofThisProcess().filter(one -> one.isRepeatable(environment));
        if (repeatable.isEmpty()) {
            return Optional.empty();
        }
        CommandLine call = repeatable.get();
        List<String> given = call.allOptions(environment);
        List<String> options = new ArrayList<>(List.of("-D" + ANEW + "=true"));
        options.addAll(JavaOptions.with(given));
        Optional<ArchiveFolder> folder = ArchiveFolder.of(environment);
        if (folder.isPresent() && !call.choosesArchive(environment)) {
            folder.get()
                    .find(jar())
                    // Java takes such an archive or this option, not both.
                    .filter(archive -> !isCache(archive) || given.stream().noneMatch(one -> one.startsWith("-Xshare")))
                    .map(QuickStart::options)
                    .ifPresent(options::addAll);
        }
        return Optional.of(call.with(options));
    }

    /** The jar that this process runs. */
    static Path jar() {
        return Path.of(System.getProperty("java.class.path"));
    }

    private static List<String> options(Path archive) {
        // If it does not fit, the server starts as without. Java's lines on that would be no lines of the log.
        List<String> options = new ArrayList<>(List.of("-D" + STARTED_FROM + "=" + archive, "-Xlog:cds*=off"));
        if (isCache(archive)) {
            options.addAll(List.of("-XX:AOTCache=" + archive, "-Xlog:aot*=off"));
        } else {
            options.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto"));
        }
        return options;
    }

    private static boolean isCache(Path archive) {
        return archive.toString().endsWith(".aot");
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
