package io.longhaul.tools.command;

import io.longhaul.tools.childprocess.UnfedException;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** Says why the output or the input of a command was lost on its way, such as that the disk of the node is full. */
final class LostOutput {
    private LostOutput() {}

    /** An error for the attempt; of the cause only the system's reason is shown. */
    static IllegalStateException because(Throwable cause) {
        if (cause instanceof UnfedException unfed) {
            return unfed;
        }
        String why = reason(cause);
        return new IllegalStateException(
                "what the command wrote could not be taken"
                        + (why.isEmpty() ? "" : " (" + why + "; output beyond 8 KiB needs room in java.io.tmpdir)"),
                cause);
    }

    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FileSystemException file && file.getReason() != null) {
                return file.getReason();
            }
            if (cause instanceof IOException && cause.getMessage() != null) {
                return cause.getMessage();
            }
        }
        return "";
    }
}
