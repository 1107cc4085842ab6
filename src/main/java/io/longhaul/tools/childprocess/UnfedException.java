package io.longhaul.tools.childprocess;

/** What a program was to read could not be written to it, for a reason that is not the program's. */
public final class UnfedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    UnfedException(Throwable cause) {
        super("what the command was to read could not be written (" + cause.getMessage() + ")", cause);
    }
}
