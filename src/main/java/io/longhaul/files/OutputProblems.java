package io.longhaul.files;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.childprocess.HeldFile;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Failures about the output files of a program. They name a file by its path within the job's folder and never by the
 * server's path.
 */
final class OutputProblems {
    private OutputProblems() {}

    /** An output that the program must change; running it again does not help. */
    static CallFailure output(String path, String what) {
        return new CallFailure(new ToolResult.Failure(
                FailureKind.TOOL_ERROR, "The output %s %s.".formatted(shown(path), what), false));
    }

    /** Holds the folder of outputs; refuses one that was removed or replaced. */
    static HeldFile folderIn(HeldFile call, Path folder) throws CallFailure {
        try {
            HeldFile held = call.at(folder.getFileName());
            try {
                checkFolder(held.attributes());
                return held;
            } catch (IOException | CallFailure e) {
                held.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw folder("was removed");
        } catch (IOException e) {
            throw folder("cannot be read (" + reason(e) + ")");
        }
    }

    private static void checkFolder(BasicFileAttributes found) throws CallFailure {
        if (!found.isDirectory()) {
            throw folder("was replaced by " + kind(found));
        }
    }

    /** Refuses all but regular files. */
    static void checkFile(String path, BasicFileAttributes found) throws CallFailure {
        if (!found.isRegularFile()) {
            throw output(
                    path,
                    found.isSymbolicLink()
                            ? "is a symbolic link: leave the file itself"
                            : "is no file but " + kind(found) + ": remove it before the program ends");
        }
    }

    /** The folder of outputs cannot be used. */
    static CallFailure folder(String what) {
        return new CallFailure(new ToolResult.Failure(
                FailureKind.TOOL_ERROR,
                "The folder {outputs} of the job %s: leave the folder itself as it is, and the files in it."
                        .formatted(what),
                false));
    }

    /** An output cannot be read; with an empty path, the folder of outputs. */
    static CallFailure unreadable(Path file, String path, IOException why) {
        if (path.isEmpty()) {
            return folder("cannot be read (" + reason(why) + ")");
        }
        if (why instanceof AccessDeniedException) {
            return output(
                    path,
                    "cannot be read, because its permissions" + permissions(file)
                            + " forbid it: let the program make it readable before it ends");
        }
        if (why instanceof NoSuchFileException || why instanceof NotDirectoryException) {
            return output(path, "is gone: something removed it while it was being stored");
        }
        if (why instanceof FileSystemLoopException || reason(why).contains("symbolic links")) {
            return output(path, "is a symbolic link by now: leave the file itself");
        }
        return new CallFailure(
                FailureKind.UNAVAILABLE,
                "The output %s cannot be read from this node's disk (%s).".formatted(shown(path), reason(why)));
    }

    private static String permissions(Path file) {
        try {
            return " ("
                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))
                    + ")";
        } catch (IOException e) {
            return "";
        }
    }

    /** The system's reason, without the path that Java puts before it. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "its permissions forbid it";
        }
        if (e instanceof FileSystemException system) {
            return system.getReason() == null ? system.getClass().getSimpleName() : system.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** Names the kind of a file for messages. */
    static String kind(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return "a symbolic link";
        }
        if (attributes.isDirectory()) {
            return "a folder";
        }
        return attributes.isRegularFile() ? "a file" : "a named pipe, a socket or a device";
    }

    /** The path on one line, with control characters escaped. */
    static String shown(String path) {
        StringBuilder shown = new StringBuilder();
        path.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                shown.append("\\u%04x".formatted(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }
}
