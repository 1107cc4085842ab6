package io.longhaul.tools.childprocess;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Isolation of programs from the server's other processes: the best way that this machine allows, found once by trying.
 * {@code docs/security.md} lists what a program still reaches with each way.
 */
public final class Isolation {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.tools");
    private static final int SET_DUMPABLE = 4;
    private static final long PROBE_SECONDS = 10;

    /** A start without any isolation. */
    static final Isolation NONE = new Isolation(Kind.NONE, null);

    private final Kind kind;
    private final Landlock landlock;

    /** Ways of isolation, best first. */
    enum Kind {
        /** The program can neither read nor signal other processes. */
        LANDLOCK(null),
        /** The program cannot even see other processes. */
        NAMESPACES(null),
        /** The program cannot read other processes. */
        LANDLOCK_BEFORE_SIGNALS("could send signals to the server and to each other: use Linux 6.12 or later, or allow"
                + " user namespaces"),
        /** Only the server's own precautions protect other processes. */
        NONE("could read what each other is given, secrets included, and send signals to the server: use Linux 6.12 or"
                + " later with Landlock, or allow user namespaces");

        private final String gap;

        Kind(String gap) {
            this.gap = gap;
        }
    }

    private Isolation(Kind kind, Landlock landlock) {
        this.kind = kind;
        this.landlock = landlock;
    }

    /** Holds the way found when it is first needed. */
    private static final class Found {
        private static final Isolation FOUND = find();
    }

    /**
     * Finds the best way on this machine, and logs its gap in one line. Called before the first program starts, so that
     * its start need not wait.
     */
    public static void prepare() {
        var unused = ofThisMachine();
    }

    static Isolation ofThisMachine() {
        return Found.FOUND;
    }

    private static Isolation find() {
        hideServer();
        Optional<Landlock> landlock = Landlock.find();
        List<Isolation> ways = new ArrayList<>();
        landlock.ifPresent(found ->
                ways.add(new Isolation(found.stopsSignals() ? Kind.LANDLOCK : Kind.LANDLOCK_BEFORE_SIGNALS, found)));
        Namespaces.available().ifPresent(unused -> ways.add(new Isolation(Kind.NAMESPACES, null)));
        Isolation best = ways.stream()
                .sorted((one, other) -> one.kind.compareTo(other.kind))
                .filter(Isolation::works)
                .findFirst()
                .orElse(NONE);
        if (best.kind.gap != null) {
            LOG.warn("{}", best.described());
        }
        return best;
    }

    /**
     * Hides the server from processes of the same user without other isolation. Does not hide it from those of root.
     */
    private static void hideServer() {
        if (Libc.MISSING == null && Libc.prctl(SET_DUMPABLE, 0, 0, 0, 0) != 0) {
            LOG.warn("The server's memory cannot be hidden from programs of the same user");
        }
    }

    private String described() {
        String library = Libc.MISSING == null ? "" : "; here " + Libc.MISSING;
        return "Programs that tools start " + kind.gap + library + " (docs/security.md).";
    }

    /** Starts a program in this way: containers may forbid it. */
    private boolean works() {
        ProgramStart probe = new ProgramStart(List.of("/bin/sh", "-c", "exit 7"), Map.of(), Path.of("/"), false, true);
        try {
            Process process = start(probe);
            boolean ended = process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            process.getInputStream().close();
            process.getErrorStream().close();
            return ended && process.exitValue() == 7;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    Kind kind() {
        return kind;
    }

    Process start(ProgramStart start) throws IOException {
        ProgramStart inside = inside(start);
        return Libc.MISSING == null ? NativeStart.start(inside, landlock, true).watched() : inside.startByJava();
    }

    RunningProgram run(ProgramStart start) throws IOException {
        ProgramStart inside = inside(start);
        return Libc.MISSING == null
                ? new PolledProgram(NativeStart.start(inside, landlock, false))
                : new StreamedProgram(inside.startByJava());
    }

    private ProgramStart inside(ProgramStart start) {
        return kind == Kind.NAMESPACES ? start.with(Namespaces.command(start.command())) : start;
    }

    /** For tests: a given way, even if another is better here. */
    static Isolation by(Kind kind) {
        return switch (kind) {
            case LANDLOCK -> new Isolation(kind, Landlock.of(true).orElseThrow());
            case LANDLOCK_BEFORE_SIGNALS ->
                new Isolation(kind, Landlock.of(false).orElseThrow());
            case NAMESPACES, NONE -> new Isolation(kind, null);
        };
    }

    /**
     * Runs programs in namespaces of their own for users, processes and mounts, by {@code unshare} of util-linux: they see
     * only their own processes, and all of them end with the first. Files, network and the user's number stay the same.
     */
    private static final class Namespaces {
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
}
