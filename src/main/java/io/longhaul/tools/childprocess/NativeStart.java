package io.longhaul.tools.childprocess;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts programs through the C library: in a session of their own, isolated, and with pipes that end with their last
 * writer. Each start loads one program, where Java and {@code setsid} load three.
 */
final class NativeStart {
    /** Enough for the structures of posix_spawn, which have at most 336 bytes in the existing libraries. */
    private static final int STRUCTURE = 1024;

    private static final int SIGNALS = 128;
    private static final short FRESH_SIGNALS = 0x04 | 0x08;
    private static final short OWN_SESSION = 0x80;
    private static final int STREAMS = 3;
    private static final int NOT_STARTED = -1;
    private static final String SHELL = "/bin/sh";

    private final Landlock shutOff;
    private final CMemory memory;
    private int error;

    private NativeStart(Landlock shutOff, CMemory memory) {
        this.shutOff = shutOff;
        this.memory = memory;
    }

    /**
     * Starts a program.
     *
     * @param shutOff its isolation, or null for none
     * @param streams whether its pipes are to be streams; otherwise they are descriptors
     * @return the process, whose end nobody waits for yet
     */
    static NativeProcess start(ProgramStart start, Landlock shutOff, boolean streams) throws IOException {
        try (CMemory memory = new CMemory();
                ProgramPipes ends = ProgramPipes.open(start.feeds())) {
            if (streams) {
                ends.openStreams();
            }
            NativeStart starting = new NativeStart(shutOff, memory);
            int pid = starting.spawn(start, ends);
            if (pid == NOT_STARTED) {
                throw Libc.error(starting.error);
            }
            ends.started();
            return new NativeProcess(pid, ends);
        }
    }

    private int spawn(ProgramStart start, ProgramPipes ends) {
        long actions = memory.zeros(STRUCTURE);
        long attributes = memory.zeros(STRUCTURE);
        Libc.posix_spawn_file_actions_init(actions);
        Libc.posix_spawnattr_init(attributes);
        try {
            prepare(start, ends, actions, attributes);
            long environment = memory.texts(start.variables());
            int pid = spawn(start.command(), environment, actions, attributes);
            if (pid == NOT_STARTED && error == Libc.ENOEXEC) {
                // A script without an interpreter line: shells, and Java, run it by the shell.
                List<String> script = new ArrayList<>(List.of(SHELL));
                script.addAll(start.command());
                pid = spawn(script, environment, actions, attributes);
            }
            return pid;
        } finally {
            Libc.posix_spawn_file_actions_destroy(actions);
            Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private void prepare(ProgramStart start, ProgramPipes ends, long actions, long attributes) {
        Libc.posix_spawn_file_actions_addchdir_np(
                actions, memory.text(start.directory().toString()));
        for (int stream = 0; stream < STREAMS; stream++) {
            Libc.posix_spawn_file_actions_adddup2(actions, ends.their(stream), stream);
        }
        Libc.posix_spawn_file_actions_addclosefrom_np(actions, STREAMS);
        // Resets all signals that the server's own parent may have ignored or blocked.
        long all = memory.zeros(SIGNALS);
        new Pointer(all).setMemory(0, SIGNALS, (byte) 0xff);
        Libc.posix_spawnattr_setsigdefault(attributes, all);
        Libc.posix_spawnattr_setflags(attributes, (short) (FRESH_SIGNALS | OWN_SESSION));
    }

    private int spawn(List<String> command, long environment, long actions, long attributes) {
        int[] pid = new int[1];
        long path = memory.text(command.get(0));
        long arguments = memory.texts(command);
        Runnable spawn = () -> {
            error = shutOff == null ? 0 : shutOff.restrictThread();
            if (error == 0) {
                error = Libc.posix_spawn(pid, path, actions, attributes, arguments, environment);
            }
        };
        if (shutOff == null) {
            spawn.run();
        } else {
            onThreadOfItsOwn(spawn);
        }
        return error == 0 ? pid[0] : NOT_STARTED;
    }

    /** Isolation of a thread cannot be undone, so it may start nothing but the program, and no threads. */
    private static void onThreadOfItsOwn(Runnable task) {
        Thread thread = new Thread(null, task, "command-start", 256 * 1024L);
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
