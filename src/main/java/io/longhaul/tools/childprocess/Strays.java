package io.longhaul.tools.childprocess;

import io.longhaul.loops.Loop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Ends processes that calls left running outside of their process group: daemons. It finds them by the mark in their
 * environment, in one search through all processes for all calls that have ended since the last search; so a call costs
 * no search of its own. On Linux only.
 */
final class Strays {
    /** If a daemon is just forking, the next search finds the rest. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    /** With many processes, searches take at most one part in this many of a processor's time. */
    private static final int SHARE = 20;

    /** Without a call that has ended there is nothing to do. */
    private static final Duration UNTIL_TOLD = Duration.ofDays(1);

    private static final Path PROC = Path.of("/proc");
    private static final String NAME = Environment.CALL + "=";
    private static final Strays SHARED = new Strays();

    private final Queue<String> ended = new ConcurrentLinkedQueue<>();
    private final Set<String> looked = new HashSet<>();
    private Loop loop;

    private Strays() {}

    static Strays shared() {
        return SHARED;
    }

    /** Ends processes with the mark of a call that has ended; soon, and on another thread. */
    synchronized void end(String call) {
        if (!Files.isReadable(PROC.resolve("self/stat"))) {
            return;
        }
        // Before the start, which may find no thread: the next call starts the search for this one, too.
        ended.add(call);
        if (loop == null) {
            Loop started = Loop.exact("strays", UNTIL_TOLD, this::look);
            started.start();
            loop = started;
        }
        loop.wakeUp();
    }

    private Duration look() throws InterruptedException {
        for (String call = ended.poll(); call != null; call = ended.poll()) {
            looked.add(call);
        }
        if (looked.isEmpty()) {
            return UNTIL_TOLD;
        }
        long begin = System.nanoTime();
        looked.retainAll(killed(looked));
        // Within the step, so that no other call cuts it short.
        TimeUnit.NANOSECONDS.sleep(Math.max(BETWEEN_LOOKS.toNanos(), (System.nanoTime() - begin) * SHARE));
        return looked.isEmpty() ? UNTIL_TOLD : Duration.ZERO;
    }

    /** Kills, and returns the calls of which a process was found: it may have forked meanwhile. */
    private static Set<String> killed(Set<String> calls) {
        Set<String> found = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                String call = call(process);
                if (calls.contains(call) && kill(process)) {
                    found.add(call);
                }
            }
        } catch (IOException e) {
            // Nothing can be read.
        }
        return found;
    }

    private static boolean kill(Path process) {
        return ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                .map(ProcessHandle::destroyForcibly)
                .orElse(false);
    }

    /** The call whose mark a process carries, or an empty text. A process that has ended has no environment. */
    private static String call(Path process) {
        try {
            String environment = Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
            int at = environment.startsWith(NAME) ? 0 : environment.indexOf('\0' + NAME) + 1;
            if (at == 0 && !environment.startsWith(NAME)) {
                return "";
            }
            int from = at + NAME.length();
            int end = environment.indexOf('\0', from);
            return environment.substring(from, end < 0 ? environment.length() : end);
        } catch (IOException e) {
            return "";
        }
    }
}
