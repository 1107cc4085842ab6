package io.longhaul.tools.childprocess;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A small shell beside the server that ends the watched process groups after the server's end: its standard input ends
 * with the server in any case. Processes that left their group are then found by their mark, where there is a {@code
 * /proc}. One shell serves all calls, and reads only then which groups to end: a line for each call would cost more than
 * some programs do. Where the C library cannot be called, the shell also signals groups, which Java cannot.
 *
 * <p>Without a POSIX shell it does nothing; {@link CallProcesses} then signals process by process.
 */
final class ProcessGuard {
    /**
     * Ignores signals of the terminal or of a service manager: they are for the server, which decides about its calls.
     */
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            groups=' '
            signal() { kill -s "$1" -- "-$2" 2>/dev/null; }
            strays() {
                for file in $(grep -lsF -e "$mark" /proc/[0-9]*/environ 2>/dev/null); do
                    file=${file#/proc/}
                    found=yes
                    kill -s "$1" "${file%/environ}" 2>/dev/null
                done
            }
            mark=$1
            found=
            [ -r "$2" ] && exec 3<"$2" && rm -f "$2"
            while read -r verb group; do
                signal "$verb" "$group"
            done
            [ -n "$2" ] && while read -r group watched <&3; do
                [ "$watched" = + ] && groups="$groups$group "
            done
            for group in $groups; do signal TERM "$group"; done
            strays TERM
            [ "$groups$found" = ' ' ] && exit
            sleep 5
            for group in $groups; do signal KILL "$group"; done
            strays KILL
            """;

    private static final String MARK = Environment.CALL + "=" + CallProcesses.OF_THIS_SERVER;

    private static final ProcessGuard SHARED = new ProcessGuard();

    private static final Map<String, Integer> SIGNALS = Map.of("TERM", Libc.SIGTERM, "KILL", Libc.SIGKILL);

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Long> watched = new LinkedHashSet<>();
    private final boolean bySystem;
    private Process shell;
    private WatchedGroups groups = WatchedGroups.NONE;

    ProcessGuard() {
        this(Libc.MISSING == null);
    }

    /** {@code bySystem} says whether signals are sent by system calls; otherwise the shell sends them. */
    ProcessGuard(boolean bySystem) {
        this.bySystem = bySystem;
    }

    static ProcessGuard shared() {
        return SHARED;
    }

    /**
     * Starts the shell, if none runs. From then on all processes with this server's mark end with it, even those that are
     * not yet watched: a command may kill the server in its first moment.
     */
    void begin() {
        lock.lock();
        try {
            startUnlessAlive();
        } catch (IOException e) {
            // There is no shell: watch() tries again.
        } finally {
            lock.unlock();
        }
    }

    /** Ends the group after the server's end, until {@link #forget}. */
    void watch(long group) {
        lock.lock();
        try {
            watched.add(group);
            startUnlessAlive();
            groups.add(group);
        } catch (IOException e) {
            // There is no shell: the next call starts one, which then watches this group, too.
        } finally {
            lock.unlock();
        }
    }

    void forget(long group) {
        lock.lock();
        try {
            watched.remove(group);
            groups.remove(group);
        } finally {
            lock.unlock();
        }
    }

    /** Sends a signal, such as TERM, to each process of the group. */
    void signal(String name, long group) {
        if (bySystem) {
            var unused = Libc.kill((int) -group, SIGNALS.get(name));
            return;
        }
        lock.lock();
        try {
            tell(name, group);
        } finally {
            lock.unlock();
        }
    }

    private void tell(String verb, long group) {
        try {
            startUnlessAlive();
            // Does not block: a line of this size fits the pipe, which the shell empties at once.
            write(verb, group);
        } catch (IOException e) {
            // There is no shell, or it was just killed: the next call starts another, this one goes without.
        }
    }

    private void startUnlessAlive() throws IOException {
        if (shell == null || !shell.isAlive()) {
            start();
        }
    }

    private void start() throws IOException {
        WatchedGroups next = WatchedGroups.create();
        ProcessBuilder builder = new ProcessBuilder(
                Setsid.command(List.of("/bin/sh", "-c", SCRIPT, "longhaul-process-guard", MARK, next.file())));
        builder.environment().clear();
        builder.environment().put("PATH", Environment.PATH_OF_SYSTEM);
        builder.directory(Path.of("/").toFile());
        shell = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        groups = next;
        watched.forEach(groups::add);
    }

    private void write(String verb, long group) throws IOException {
        OutputStream commands = shell.getOutputStream();
        commands.write((verb + " " + group + "\n").getBytes(StandardCharsets.US_ASCII));
        commands.flush();
    }

    /** The shell's process, for tests. */
    ProcessHandle shell() {
        return shell.toHandle();
    }
}
