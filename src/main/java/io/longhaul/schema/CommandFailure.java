package io.longhaul.schema;

import net.sourceforge.argparse4j.inf.ArgumentParserException;

/** A command failed; carries the exit code of the process. */
public final class CommandFailure extends Exception {
    /** The command failed, or a check found something wrong. */
    public static final int FAILED = 1;
    /** A check could not be made, or the command line was not understood. */
    public static final int CANNOT_TELL = 2;

    private final int exitCode;

    /**
     * A failure that prints one line.
     *
     * @param exitCode of the process, 1 or more
     * @param message cause and cure in one line; empty if everything is already printed
     */
    public CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Ends with {@link #FAILED}. */
    public CommandFailure(String message) {
        this(FAILED, message);
    }

    public static CommandFailure cannotTell(String message) {
        return new CommandFailure(CANNOT_TELL, message);
    }

    public CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }

    /**
     * The exit code for an error that Dropwizard hands to {@code Application.onFatalError}: the code of a
     * {@link CommandFailure}, 2 for a command line that is not understood, else 1.
     */
    public static int exitCodeOf(Throwable error) {
        if (error instanceof ArgumentParserException) {
            // Not 1: a mistyped check would look as if it had found something wrong.
            return CANNOT_TELL;
        }
        return error instanceof CommandFailure failure ? failure.exitCode : FAILED;
    }
}
