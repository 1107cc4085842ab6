package io.longhaul.tools.childprocess;

import com.sun.jna.Pointer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A program that {@link NativeStart} started. One thread reads both of its outputs and waits for its end, and a short
 * input needs none: waking a thread costs about as much as some programs do.
 */
final class PolledProgram implements RunningProgram {
    private static final int OUTPUT = 0;
    private static final int ERRORS = 1;
    private static final int END = 2;

    /** Linux 5.3 and later. */
    private static final long PIDFD_OPEN = 434;

    /** The least that a pipe holds. */
    private static final int FITS = 4096;

    private final NativeProcess process;
    private final CompletableFuture<Void> ends = new CompletableFuture<>();
    private final Executor threads;
    private final Feeding fed;
    private int input;
    private boolean wasFed;

    PolledProgram(NativeProcess process) {
        this(process, ProgramThreads.ALL);
    }

    PolledProgram(NativeProcess process, Executor threads) {
        this.process = process;
        this.threads = threads;
        this.fed = new Feeding(threads, this::closeInput);
        this.input = process.pipes().take(0);
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    public synchronized void feed(byte[] bytes, boolean last) {
        if (!wasFed && bytes.length <= FITS) {
            write(bytes, last);
        } else {
            fed.then(() -> write(bytes, last));
        }
        wasFed = true;
    }

    private void write(byte[] bytes, boolean last) {
        boolean taken = true;
        for (int at = 0; at < bytes.length && taken; ) {
            byte[] part = at == 0 && bytes.length <= FITS ? bytes : Arrays.copyOfRange(bytes, at, end(bytes, at));
            long written = input < 0 ? -1 : Libc.write(input, part, part.length);
            at += (int) Math.max(0, written);
            // Otherwise the program ended, or closed its input, without reading all; it may do so.
            taken = written >= 0 || (input >= 0 && Libc.lastErrorNumber() == Libc.EINTR);
        }
        if (last || !taken) {
            closeInput();
        }
    }

    private static int end(byte[] bytes, int at) {
        return Math.min(bytes.length, at + LineReader.CHUNK);
    }

    @Override
    public synchronized void endInput() {
        if (fed.isDone()) {
            closeInput();
        } else {
            fed.then(this::closeInput);
        }
    }

    /** Only called when no write is under way. */
    private synchronized void closeInput() {
        if (input >= 0) {
            Libc.close(input);
            input = -1;
        }
    }

    @Override
    public void read(LineReader output, LineReader errors, Consumer<Throwable> onBroken) {
        fed.onBroken(onBroken);
        try {
            threads.execute(() -> follow(output, errors, onBroken));
        } catch (RuntimeException | Error e) {
            discard();
            throw e;
        }
    }

    @Override
    public void discard() {
        closeInput();
        closeOutputs();
        process.destroyForcibly();
        process.awaitEnd();
        ends.complete(null);
    }

    private void closeOutputs() {
        for (int which = 1; which <= 2; which++) {
            int descriptor = process.pipes().take(which);
            if (descriptor >= 0) {
                Libc.close(descriptor);
            }
        }
    }

    private void follow(LineReader output, LineReader errors, Consumer<Throwable> onBroken) {
        int end = (int) Libc.syscall(PIDFD_OPEN, process.pid(), 0, 0, 0);
        boolean watched = false;
        try (CMemory memory = new CMemory();
                Poll poll = new Poll(process.pipes().take(1), process.pipes().take(2), end)) {
            if (end < 0) {
                process.watched();
                watched = true;
            }
            Pointer block = new Pointer(memory.zeros(LineReader.CHUNK));
            while (!poll.isEmpty()) {
                poll.await();
                try {
                    take(poll, OUTPUT, output, block);
                    take(poll, ERRORS, errors, block);
                } catch (RuntimeException | Error e) {
                    poll.drop(OUTPUT);
                    poll.drop(ERRORS);
                    broken(e, onBroken);
                }
                noteEnds(poll);
            }
        } catch (RuntimeException | Error e) {
            broken(e, onBroken);
        } finally {
            ends.complete(null);
            closeOutputs();
            if (!watched && process.isAlive()) {
                // Memory ran out, say. Whoever waits for the program must hear of its end nevertheless.
                process.awaitEnd();
            }
        }
    }

    private void broken(Throwable why, Consumer<Throwable> onBroken) {
        ends.completeExceptionally(why);
        onBroken.accept(why);
    }

    private static void take(Poll poll, int which, LineReader reader, Pointer block) {
        if (!poll.isReady(which)) {
            return;
        }
        long length = Libc.read(poll.descriptor(which), Pointer.nativeValue(block), LineReader.CHUNK);
        if (length > 0) {
            reader.take(block.getByteArray(0, (int) length), (int) length);
        } else if (length == 0 || Libc.lastErrorNumber() != Libc.EINTR) {
            poll.drop(which);
            reader.finish();
        }
    }

    private void noteEnds(Poll poll) {
        if (poll.descriptor(OUTPUT) < 0 && poll.descriptor(ERRORS) < 0) {
            ends.complete(null);
        }
        if (poll.isReady(END)) {
            poll.drop(END);
            process.reap();
        }
    }

    @Override
    public CompletableFuture<?> exit() {
        return process.onExit();
    }

    @Override
    public CompletableFuture<?> outputEnd() {
        return ends;
    }

    @Override
    public int exitValue() {
        return process.exitValue();
    }

    @Override
    public Duration processorTime() {
        return process.processorTime();
    }
}
