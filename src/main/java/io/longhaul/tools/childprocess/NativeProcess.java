package io.longhaul.tools.childprocess;

import com.sun.jna.Pointer;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/** A process that {@link NativeStart} started. */
final class NativeProcess extends Process {
    private static final int BY_ID = 1;
    private static final int WAIT_EXITED = 4;
    private static final int LEAVE_IT = 0x1000000;
    private static final int INFORMATION = 128;
    private static final int SIGNALLED = 128;

    /** Where the structure of a wait says in which way the process ended, and by which signal. */
    private static final int WAY = 8;

    private static final int SIGNAL = 24;
    private static final int KILLED = 2;

    /** A wait holds its thread until the process ends. */
    private static final Executor WAITS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "command-exit");
        thread.setDaemon(true);
        return thread;
    });

    private final int pid;
    private final ProgramPipes ends;
    private final CompletableFuture<Process> exit = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private int exitCode;
    private Duration processorTime = Duration.ZERO;
    private boolean reaped;

    NativeProcess(int pid, ProgramPipes ends) {
        this.pid = pid;
        this.ends = ends;
    }

    /** Starts to wait for its end, on a thread of its own. */
    NativeProcess watched() {
        WAITS.execute(this::awaitEnd);
        return this;
    }

    /** Waits for its end on this thread, and takes note of it. */
    void awaitEnd() {
        try (CMemory memory = new CMemory()) {
            long information = memory.zeros(INFORMATION);
            while (Libc.waitid(BY_ID, pid, information, WAIT_EXITED | LEAVE_IT) != 0
                    && Libc.lastErrorNumber() == Libc.EINTR) {
                // Interrupted: wait again.
            }
        }
        reap();
    }

    /** Takes note that it has ended, and reads the exit status. Until then the system does not reuse its number. */
    void reap() {
        int[] status = new int[1];
        lock.lock();
        try {
            processorTime = wasKilled() ? usedTime() : Duration.ZERO;
            Libc.waitpid(pid, status, 0);
            int signal = status[0] & 0x7f;
            exitCode = signal == 0 ? status[0] >> 8 & 0xff : SIGNALLED + signal;
            reaped = true;
        } finally {
            lock.unlock();
        }
        exit.complete(this);
    }

    private boolean wasKilled() {
        try (CMemory memory = new CMemory()) {
            Pointer information = new Pointer(memory.zeros(INFORMATION));
            Libc.waitid(BY_ID, pid, Pointer.nativeValue(information), WAIT_EXITED | LEAVE_IT);
            return information.getInt(WAY) == KILLED && information.getInt(SIGNAL) == Libc.SIGKILL;
        }
    }

    /** Told by the system until the process is reaped. */
    private Duration usedTime() {
        return ProcessHandle.of(pid)
                .flatMap(handle -> handle.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /** The processor time that it used, without that of processes it started, if it was killed; otherwise zero. */
    Duration processorTime() {
        return processorTime;
    }

    ProgramPipes pipes() {
        return ends;
    }

    @Override
    public OutputStream getOutputStream() {
        return ends.input();
    }

    @Override
    public InputStream getInputStream() {
        return ends.output();
    }

    @Override
    public InputStream getErrorStream() {
        return ends.errors();
    }

    @Override
    public CompletableFuture<Process> onExit() {
        return exit.thenApply(process -> process);
    }

    @Override
    public int waitFor() throws InterruptedException {
        try {
            exit.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return exitCode;
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            exit.get(timeout, unit);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean isAlive() {
        return !exit.isDone();
    }

    @Override
    public int exitValue() {
        if (isAlive()) {
            throw new IllegalThreadStateException("process " + pid + " runs");
        }
        return exitCode;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public ProcessHandle toHandle() {
        return ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("process " + pid + " has ended"));
    }

    @Override
    public void destroy() {
        signal(Libc.SIGTERM);
    }

    @Override
    public Process destroyForcibly() {
        signal(Libc.SIGKILL);
        return this;
    }

    private void signal(int signal) {
        lock.lock();
        try {
            if (!reaped) {
                Libc.kill(pid, signal);
            }
        } finally {
            lock.unlock();
        }
    }
}
