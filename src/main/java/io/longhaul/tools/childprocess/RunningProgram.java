package io.longhaul.tools.childprocess;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A program that was started by {@link ProgramStart#run}: fed with bytes, and read line by line. */
public interface RunningProgram {
    /** The number of its process. */
    long pid();

    /** Its process, while that exists. */
    ProcessHandle handle();

    /**
     * Writes to its standard input, which it need not read, after all that was written before. Does not wait.
     *
     * @param last whether its input ends with that
     */
    void feed(byte[] bytes, boolean last);

    /** Ends its input, after all that was written before. Does not wait. */
    void endInput();

    /**
     * Starts to read its output and its errors, and to wait for its end. To be called once, soon after the start. If it
     * throws, the program is discarded.
     *
     * @param onBroken called when a line could not be taken, and nothing more is read then; or when its input could not be
     *     written, with an {@link UnfedException}
     */
    void read(LineReader output, LineReader errors, Consumer<Throwable> onBroken);

    /** Kills a program that will not be read, and lets go of all that was held for it. */
    void discard();

    /** Completes when the program itself has ended; its output may still be read then. */
    CompletableFuture<?> exit();

    /** Completes when all is read: the program and all that have its output have ended. */
    CompletableFuture<?> outputEnd();

    /** The exit code once it has ended; 128 plus the signal's number if a signal ended it. */
    int exitValue();

    /**
     * The processor time that the program itself used if it was killed (SIGKILL) and the system tells; otherwise zero. Known
     * once it has ended.
     */
    Duration processorTime();
}
