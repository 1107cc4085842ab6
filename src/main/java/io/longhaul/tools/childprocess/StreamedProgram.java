package io.longhaul.tools.childprocess;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A program that Java started, with a thread for each pipe. */
final class StreamedProgram implements RunningProgram {
    private final Process process;
    private final Executor threads;
    private final Feeding fed;
    private CompletableFuture<Void> ends = CompletableFuture.completedFuture(null);

    StreamedProgram(Process process) {
        this(process, ProgramThreads.ALL);
    }

    StreamedProgram(Process process, Executor threads) {
        this.process = process;
        this.threads = threads;
        this.fed = new Feeding(threads, this::closeInput);
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
        fed.then(() -> write(bytes, last));
    }

    private void write(byte[] bytes, boolean last) {
        OutputStream input = process.getOutputStream();
        try {
            input.write(bytes);
            input.flush();
            if (last) {
                input.close();
            }
        } catch (IOException e) {
            // The program ended, or closed its input, without reading all; it may do so.
            closeInput();
        }
    }

    @Override
    public synchronized void endInput() {
        fed.then(this::closeInput);
    }

    private void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // What could not be written is not wanted any more.
        }
    }

    @Override
    public void read(LineReader output, LineReader errors, Consumer<Throwable> onBroken) {
        fed.onBroken(onBroken);
        try {
            ends = CompletableFuture.allOf(
                    readAll(output, process.getInputStream(), onBroken),
                    readAll(errors, process.getErrorStream(), onBroken));
        } catch (RuntimeException | Error e) {
            discard();
            throw e;
        }
    }

    /** Java waits for its processes, and closes their pipes then. */
    @Override
    public void discard() {
        process.destroyForcibly();
    }

    private CompletableFuture<Void> readAll(LineReader reader, InputStream stream, Consumer<Throwable> onBroken) {
        return CompletableFuture.runAsync(
                () -> {
                    try (stream) {
                        reader.readAll(stream);
                    } catch (IOException e) {
                        // Same as the end of the stream.
                        reader.finish();
                    } catch (RuntimeException | Error e) {
                        onBroken.accept(e);
                        throw e;
                    }
                },
                threads);
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

    /** Java reaps its processes at once, and then nobody can tell. */
    @Override
    public Duration processorTime() {
        return Duration.ZERO;
    }
}
