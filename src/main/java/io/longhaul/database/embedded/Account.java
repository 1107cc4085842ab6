package io.longhaul.database.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The account that runs PostgreSQL. PostgreSQL refuses to run as root, so root has to change the account first.
 *
 * @param stepDown command words to put before a program; each of these executes the program in its own process
 * @param uid owner of the cluster
 */
record Account(List<String> stepDown, int uid) {
    /** The account "nobody" on every Linux. */
    static final int NOBODY = 65534;

    private static final List<Account> WAYS_DOWN = List.of(
            // A user namespace without a mapping: no longer root, but still the owner of root's files.
            new Account(List.of("unshare", "-U"), 0),
            // Containers mostly forbid namespaces and allow a change of user; minimal images lack one of these tools.
            new Account(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"), NOBODY),
            new Account(List.of("chroot", "--userspec=" + NOBODY + ":" + NOBODY, "--groups=", "/"), NOBODY));

    /**
     * Chooses the account for programs in this folder.
     *
     * @param programs the folder of {@link Unpacking#programs}
     * @throws EmbeddedPostgresException if root cannot change to any other account
     */
    static Account choose(DataFolder folder, Path programs) throws IOException, InterruptedException {
        int uid = effectiveUid();
        return uid == 0 ? forRoot(WAYS_DOWN, folder, programs) : new Account(List.of(), uid);
    }

    /** The user id of this process. */
    static int effectiveUid() {
        try {
            return effectiveUid(Files.readString(Path.of("/proc/self/status")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The user id that the kernel checks.
     *
     * @param status content of {@code /proc/PID/status}, see proc(5)
     */
    static int effectiveUid(String status) {
        String ids = status.lines()
                .filter(line -> line.startsWith("Uid:"))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(ids.split("\\s+", -1)[2]);
    }

    static Account forRoot(List<Account> ways, DataFolder folder, Path programs)
            throws IOException, InterruptedException {
        for (Account way : ways) {
            Optional<Account> account = way.ifUsable(folder, programs);
            if (account.isPresent()) {
                return account.get();
            }
        }
        throw new EmbeddedPostgresException(
                "PostgreSQL refuses to run as root, and no other account can be used for " + folder.root(),
                "start Longhaul as an ordinary user, or set LONGHAUL_DATA to a folder that others may enter");
    }

    private Optional<Account> ifUsable(DataFolder folder, Path programs) throws IOException, InterruptedException {
        if (!Programs.isInstalled(stepDown.get(0))) {
            return Optional.empty();
        }
        if (uid != 0) {
            letPass(folder.root());
        }
        // Programs of the system are everybody's.
        if (programs.startsWith(folder.root())) {
            DirectoryTree.give(programs, uid);
        }
        List<String> probe = words(programs.resolve("bin/postgres").toString(), "--version");
        return succeeds(probe) ? Optional.of(this) : Optional.empty();
    }

    /** The command line that runs a program under this account. */
    List<String> words(String program, String... arguments) {
        List<String> words = new ArrayList<>(stepDown);
        words.add(program);
        words.addAll(List.of(arguments));
        return words;
    }

    /** Lets the other account pass through this folder to its own; it still cannot list it. */
    private static void letPass(Path root) throws IOException {
        int mode = (Integer) Files.getAttribute(root, "unix:mode");
        Files.setAttribute(root, "unix:mode", (mode & 07777) | 0111);
    }

    private static boolean succeeds(List<String> command) throws IOException, InterruptedException {
        Process process = Programs.builder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return false;
        }
        return process.exitValue() == 0;
    }
}
