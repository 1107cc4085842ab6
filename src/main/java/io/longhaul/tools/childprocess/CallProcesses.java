package io.longhaul.tools.childprocess;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * All processes of one call: the command, its descendants, and those that left its group. On Linux they are found by
 * their process group, or by the mark in their environment if they changed that; elsewhere by parentage.
 */
public final class CallProcesses implements AutoCloseable {
    /** Time between the signal that asks processes to stop and the one that kills them, unless a tool sets its own. */
    public static final Duration USUAL_GRACE = Duration.ofSeconds(5);

    private static final Path PROC = Path.of("/proc");
    private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));

    /** Time for killed processes to vanish; only one stuck in the kernel needs longer. */
    private static final Duration VANISHING = Duration.ofSeconds(2);

    private static final long POLL_MILLIS = 20;

    /**
     * Prefix of the marks of this server's calls, by which the guard finds all their processes after the server's end.
     */
    static final String OF_THIS_SERVER = UUID.randomUUID().toString().substring(0, 18);

    private final Supplier<ProcessHandle> leader;
    private final long group;
    private final String id;
    private final String mark;
    private final ProcessGuard guard;

    /**
     * Starts watching.
     *
     * @param group number of the command's process, just started
     * @param leader that process; asked for where groups cannot be looked for
     * @param id the value of {@link Environment#CALL} it was started with
     * @param guard ends the group if this JVM cannot
     */
    CallProcesses(long group, Supplier<ProcessHandle> leader, String id, ProcessGuard guard) {
        this.leader = leader;
        this.group = group;
        this.id = id;
        this.mark = Environment.CALL + "=" + id;
        this.guard = guard;
        if (Setsid.available()) {
            guard.watch(group);
        }
    }

    /** A unique value of {@link Environment#CALL}. Processes that carry it end when the server does, however it ends. */
    public static String newId() {
        if (Setsid.available()) {
            ProcessGuard.shared().begin();
        }
        return OF_THIS_SERVER + UUID.randomUUID();
    }

    /**
     * Watches the processes of one call.
     *
     * @param first the first of them, just started in a session of its own
     * @param id the value of {@link Environment#CALL} it was started with
     * @return the processes; to be closed
     */
    public static CallProcesses of(Process first, String id) {
        return new CallProcesses(first.pid(), first::toHandle, id, ProcessGuard.shared());
    }

    /**
     * Watches the processes of one call.
     *
     * @param program the first of them, just started
     * @param id the value of {@link Environment#CALL} it was started with
     * @return the processes; to be closed
     */
    public static CallProcesses of(RunningProgram program, String id) {
        return new CallProcesses(program.pid(), program::handle, id, ProcessGuard.shared());
    }

    /**
     * Ends all processes: asks first, and kills the rest after the grace time. Returns when none is left. An interrupt
     * does not shorten the grace time, because every cancel brings one; it stays pending.
     */
    public void stop(Duration grace) {
        long deadline = System.nanoTime() + grace.toNanos();
        Set<Asked> asked = new HashSet<>();
        for (List<Member> left = alive(); !left.isEmpty() && System.nanoTime() < deadline; left = alive()) {
            ask(left, asked);
            pause();
        }
        kill();
    }

    /**
     * Sends TERM once to each: to the group as one, then to processes outside and to new ones. A process that leaves
     * the group is asked again: the guard may have signalled the group only after that.
     */
    private void ask(List<Member> members, Set<Asked> asked) {
        if (asked.isEmpty() && members.stream().anyMatch(member -> !member.outside())) {
            guard.signal("TERM", group);
            members.stream().filter(member -> !member.outside()).forEach(member -> asked.add(member.asked()));
        }
        members.stream()
                .filter(member -> asked.add(member.asked()))
                .forEach(member -> member.handle().destroy());
    }

    /** Kills the rest and stops watching: the group at once, processes outside of it within a second. Costs little. */
    @Override
    public void close() {
        try {
            Strays.shared().end(id);
        } finally {
            if (Setsid.available()) {
                guard.signal("KILL", group);
                guard.forget(group);
            }
        }
    }

    /** Kills all processes, also those outside the group, until none is left. */
    public void kill() {
        long deadline = System.nanoTime() + VANISHING.toNanos();
        List<Member> left = alive();
        // Repeated, because a process may have forked during the search.
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            guard.signal("KILL", group);
            left.stream()
                    .filter(Member::outside)
                    .forEach(member -> member.handle().destroyForcibly());
            pause();
            left = alive();
        }
    }

    /** Waits for processes to vanish; not interruptible, because no other code would kill the rest. */
    private static void pause() {
        boolean interrupted = Thread.interrupted();
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Member> alive() {
        if (LINUX) {
            return fromProc();
        }
        return Stream.concat(Stream.of(leader.get()), leader.get().descendants())
                .filter(ProcessHandle::isAlive)
                .map(handle -> new Member(handle, true))
                .toList();
    }

    private List<Member> fromProc() {
        List<Member> members = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                addIfMember(process, members);
            }
        } catch (IOException e) {
            // Nothing can be read; the group was signalled.
        }
        return members;
    }

    private void addIfMember(Path process, List<Member> members) {
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            // Behind the name, which may contain anything: state, parent, process group.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
            boolean dead = fields[0].equals("Z") || fields[0].equals("X");
            boolean inGroup = Long.parseLong(fields[2]) == group;
            if (!dead && (inGroup || isMarked(process))) {
                long pid = Long.parseLong(process.getFileName().toString());
                ProcessHandle.of(pid).ifPresent(handle -> members.add(new Member(handle, !inGroup)));
            }
        } catch (IOException e) {
            // It has ended meanwhile, or is another user's.
        }
    }

    private boolean isMarked(Path process) throws IOException {
        return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
                .contains(mark);
    }

    /** A running process; {@code outside} says that a signal to the group does not reach it. */
    private record Member(ProcessHandle handle, boolean outside) {
        Asked asked() {
            return new Asked(handle.pid(), outside);
        }
    }

    /** A process that was asked to stop, inside or outside of the group. */
    private record Asked(long pid, boolean outside) {}
}
