package io.longhaul.tools.command;

import io.longhaul.tools.childprocess.CallProcesses;
import io.longhaul.tools.childprocess.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A command that was started, with its pipes. Closing it leaves none of its processes behind. */
final class RunningCommand implements AutoCloseable {
    /** Time for output after the command has ended; processes it left may still be flushing. */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    /** After the kill the pipes end at once, unless a process changed user or hid itself. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    /**
     * Platform threads read pipes: a read would pin the carrier of a virtual thread, and some commands are silent for
     * days.
     */
    private static final Executor PIPES = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "command-pipe");
        thread.setDaemon(true);
        return thread;
    });

    private final Process process;
    private final CallProcesses all;
    private LineReader output;
    private LineReader errors;
    private CompletableFuture<Void> fed = CompletableFuture.completedFuture(null);
    private CompletableFuture<Void> ends = CompletableFuture.completedFuture(null);

    RunningCommand(Process process, CallProcesses all) {
        this.process = process;
        this.all = all;
    }

    /**
     * Writes to its standard input, which it need not read, after all that was written before.
     *
     * @param last whether its input ends with that
     */
    synchronized void feed(byte[] input, boolean last) {
        fed = fed.thenRunAsync(
                () -> {
                    OutputStream stdin = process.getOutputStream();
                    try {
                        stdin.write(input);
                        stdin.flush();
                        if (last) {
                            stdin.close();
                        }
                    } catch (IOException e) {
                        // The command ended, or closed its input, without reading all; it may do so.
                        closeQuietly(stdin);
                    }
                },
                PIPES);
    }

    private static void closeQuietly(OutputStream stdin) {
        try {
            stdin.close();
        } catch (IOException e) {
            // What could not be written is not wanted any more.
        }
    }

    /**
     * Starts reading its output and errors line by line.
     *
     * @param onBroken called when a line could not be taken; nothing more is read then
     */
    void read(LineReader output, LineReader errors, Consumer<Throwable> onBroken) {
        this.output = output;
        this.errors = errors;
        ends = CompletableFuture.allOf(
                readAll(output, process.getInputStream(), onBroken),
                readAll(errors, process.getErrorStream(), onBroken));
    }

    private static CompletableFuture<Void> readAll(
            LineReader reader, InputStream stream, Consumer<Throwable> onBroken) {
        return CompletableFuture.runAsync(
                () -> {
                    try (stream) {
                        reader.readAll(stream);
                    } catch (IOException e) {
                        // Same as the end of the stream.
                        reader.finish();
                    } catch (RuntimeException e) {
                        onBroken.accept(e);
                        throw e;
                    }
                },
                PIPES);
    }

    /** Completes when the command's own process has ended; its output may still be read then. */
    CompletableFuture<Process> exit() {
        return process.onExit();
    }

    /**
     * Waits until all output is read, after the command's own process has ended. Processes it left get a second to
     * finish writing, then they are killed.
     *
     * @return exit code; 128 plus the signal's number if a signal ended it
     */
    int drain() throws InterruptedException {
        if (!ended(DRAIN)) {
            all.kill();
            ended(LAST_WAIT);
        }
        output.finish();
        errors.finish();
        return process.exitValue();
    }

    private boolean ended(Duration within) throws InterruptedException {
        try {
            ends.get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("what the command wrote could not be taken", e.getCause());
        }
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
        closeInput();
    }

    /** No process reads any more, so no write waits. */
    private synchronized void closeInput() {
        fed = fed.thenRunAsync(() -> closeQuietly(process.getOutputStream()), PIPES);
    }
}
