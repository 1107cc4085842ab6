package io.longhaul.files;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.process.HeldFile;
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

/** Says what is wrong with what a program left, by its path within the folder of the job and never by the server's. */
final class OutputProblems {
    private OutputProblems() {}

    /** An output that a program has to leave otherwise; to run it again does not help. */
    static CallFailure output(String path, String what) {
        return new CallFailure(new ToolResult.Failure(
                FailureKind.TOOL_ERROR, "The output %s %s.".formatted(shown(path), what), false));
    }

    /** Holds the folder of outputs; refuses one that is none any more. */
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

    /** Refuses what is no file. */
    static void checkFile(String path, BasicFileAttributes found) throws CallFailure {
        if (!found.isRegularFile()) {
            throw output(
                    path,
                    found.isSymbolicLink()
                            ? "is a symbolic link: leave the file itself"
                            : "is no file but " + kind(found) + ": remove it before the program ends");
        }
    }

    /** A folder of outputs that cannot be used. */
    static CallFailure folder(String what) {
        return new CallFailure(new ToolResult.Failure(
                FailureKind.TOOL_ERROR,
                "The folder {outputs} of the job %s: leave the folder itself as it is, and the files in it."
                        .formatted(what),
                false));
    }

    /** An output, or the folder of them if its path is empty, that cannot be read. */
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

    /** What the system says, without the path that Java puts before it. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "its permissions forbid it";
        }
        if (e instanceof FileSystemException system) {
            return system.getReason() == null ? system.getClass().getSimpleName() : system.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** What something is that is no file and no folder. */
    static String kind(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return "a symbolic link";
        }
        if (attributes.isDirectory()) {
            return "a folder";
        }
        return attributes.isRegularFile() ? "a file" : "a named pipe, a socket or a device";
    }

    /** A path in one line, whatever is in it. */
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
