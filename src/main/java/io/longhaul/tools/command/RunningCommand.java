package io.longhaul.tools.command;

import io.longhaul.tools.childprocess.CallProcesses;
import io.longhaul.tools.childprocess.LineReader;
import io.longhaul.tools.childprocess.RunningProgram;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A command that was started, with its pipes. Closing it leaves none of its processes behind. */
final class RunningCommand implements AutoCloseable {
    /** Time for output after the command has ended; processes it left may still be flushing. */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    /**
     * After the kill the pipes end at once, unless a process changed user or hid itself, and may go on to write. After so
     * long, without the time that it took to take what was read, all that was written before has been read.
     */
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    /** So that the time that is left, however short, is no loop without a pause. */
    private static final Duration LEAST_WAIT = Duration.ofMillis(50);

    /** More than the pipes hold (1 MiB each, unless the program has rights), and what was read of them. */
    private static final long MOST_UNREAD = 3 * 1024 * 1024;

    private final RunningProgram program;
    private final CallProcesses all;
    private LineReader output;
    private LineReader errors;

    RunningCommand(RunningProgram program, CallProcesses all) {
        this.program = program;
        this.all = all;
    }

    /**
     * Writes to its standard input, which it need not read, after all that was written before.
     *
     * @param last whether its input ends with that
     */
    void feed(byte[] input, boolean last) {
        program.feed(input, last);
    }

    /**
     * Starts reading its output and errors line by line.
     *
     * @param onBroken called when a line could not be taken; nothing more is read then
     */
    void read(LineReader output, LineReader errors, Consumer<Throwable> onBroken) {
        this.output = output;
        this.errors = errors;
        program.read(output, errors, onBroken);
    }

    /** Completes when the command's own process has ended; its output may still be read then. */
    CompletableFuture<?> exit() {
        return program.exit();
    }

    /**
     * Waits until all output is read, after the command's own process has ended. Processes it left get a second to
     * finish writing, then they are killed. What they wrote until then is waited for as long as it takes: the log or the
     * disk may be slow. A process that survives the kill is not waited for.
     *
     * @return exit code; 128 plus the signal's number if a signal ended it
     */
    int drain() throws InterruptedException {
        if (!ended(DRAIN)) {
            all.kill();
            awaitAllRead();
        }
        output.finish();
        errors.finish();
        return program.exitValue();
    }

    private void awaitAllRead() throws InterruptedException {
        long most = bytes() + MOST_UNREAD;
        long begun = idleNanos();
        Duration left = LAST_WAIT;
        while (left.compareTo(Duration.ZERO) > 0 && !ended(within(left)) && bytes() <= most) {
            left = LAST_WAIT.minusNanos(idleNanos() - begun);
        }
    }

    private static Duration within(Duration left) {
        Duration most = left.compareTo(LAST_WAIT) > 0 ? LAST_WAIT : left;
        return most.compareTo(LEAST_WAIT) < 0 ? LEAST_WAIT : most;
    }

    private long bytes() {
        return output.bytes() + errors.bytes();
    }

    /** A clock that stands while a sink has lines. */
    private long idleNanos() {
        return System.nanoTime() - output.busy().plus(errors.busy()).toNanos();
    }

    private boolean ended(Duration within) throws InterruptedException {
        try {
            program.outputEnd().get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw LostOutput.because(e.getCause());
        }
    }

    /** The processor time of the ended command itself if it was killed, as far as that is known; otherwise zero. */
    Duration processorTime() {
        return program.processorTime();
    }

    /** Ends all its processes: asks, then kills after the grace time. */
    void stop(Duration grace) {
        all.stop(grace);
    }

    /** Kills all its processes, also those that left its group, and waits until they are gone. */
    void kill() {
        all.kill();
    }

    @Override
    public void close() {
        all.close();
        // No process reads any more, so no write waits.
        program.endInput();
    }
}
