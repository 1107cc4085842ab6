package io.longhaul.schema;

import net.sourceforge.argparse4j.inf.ArgumentParserException;

/** A command that ended badly, and the exit code that says so. */
public final class CommandFailure extends Exception {
    /** Something went wrong, or a check said no. */
    public static final int FAILED = 1;
    /** A check could not be made, or the command was not understood. */
    public static final int CANNOT_TELL = 2;

    private final int exitCode;

    /**
     * The command has printed or will print this one line.
     *
     * @param exitCode what the process is to exit with, 1 or more
     * @param message cause and cure in one line; empty if all is said already
     */
    public CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Ends with {@link #FAILED}. */
    public CommandFailure(String message) {
        this(FAILED, message);
    }

    public CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /**
     * What the process is to exit with.
     *
     * @return 1 or more
     */
    public int exitCode() {
        return exitCode;
    }

    /**
     * The exit code for whatever a command threw.
     *
     * @param error what Dropwizard hands to {@code Application.onFatalError}
     * @return its own code for a {@link CommandFailure}, 2 for words that are not understood, else 1
     */
    public static int exitCodeOf(Throwable error) {
        if (error instanceof ArgumentParserException) {
            // Not 1: a mistyped check would look as if it had said no.
            return CANNOT_TELL;
        }
        return error instanceof CommandFailure failure ? failure.exitCode : FAILED;
    }
}
