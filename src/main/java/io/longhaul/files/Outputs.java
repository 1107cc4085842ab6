package io.longhaul.files;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.FileName;
import io.longhaul.tools.childprocess.HeldFile;
import io.longhaul.tools.spi.FailureKind;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the output files in a call's folder; accepts only regular files with good names, within bounds. Folders and
 * files are held meanwhile, because a process that the program left running may replace them.
 */
final class Outputs {
    private static final int DEEPEST = 16;
    private static final int LONGEST_PATH = 1_000;

    private final Path folder;
    private final FilesConfiguration limits;
    private final List<Output> found = new ArrayList<>();
    private long bytes;

    private Outputs(Path folder, FilesConfiguration limits) {
        this.folder = folder;
        this.limits = limits;
    }

    /**
     * An output file.
     *
     * @param file path within the folder
     */
    record Output(Path file) {
        /** The path with slashes. */
        String path() {
            return file.toString();
        }

        String name() {
            return file.getFileName().toString();
        }

        /** Holds the file, if it is still a regular file. */
        HeldFile in(HeldFile outputs) throws IOException, CallFailure {
            HeldFile held = outputs;
            for (Path name : file) {
                HeldFile folder = held;
                try {
                    held = folder.at(name);
                } finally {
                    if (folder != outputs) {
                        folder.close();
                    }
                }
            }
            try {
                OutputProblems.checkFile(path(), held.attributes());
                return held;
            } catch (IOException | CallFailure e) {
                held.close();
                throw e;
            }
        }
    }

    /**
     * All files in a folder, at any depth.
     *
     * @param outputs the folder, held
     * @param folder its path, for details of what cannot be read
     */
    static List<Output> in(HeldFile outputs, Path folder, FilesConfiguration limits)
            throws CallFailure, InterruptedException {
        Outputs found = new Outputs(folder, limits);
        found.lookThrough(outputs, Path.of(""));
        return found.found;
    }

    private void lookThrough(HeldFile held, Path at) throws CallFailure, InterruptedException {
        try (DirectoryStream<Path> entries = held.entries()) {
            for (Path entry : entries) {
                look(held, at.resolve(entry.getFileName()));
            }
        } catch (IOException e) {
            throw unreadable(at, e);
        } catch (DirectoryIteratorException e) {
            throw unreadable(at, e.getCause());
        }
    }

    private void look(HeldFile within, Path entry) throws CallFailure, InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("the call is to end early");
        }
        checkName(entry);
        try (HeldFile held = within.at(entry.getFileName())) {
            BasicFileAttributes attributes = held.attributes();
            if (attributes.isDirectory()) {
                checkDepth(entry);
                lookThrough(held, entry);
            } else {
                OutputProblems.checkFile(entry.toString(), attributes);
                add(entry, attributes.size());
            }
        } catch (IOException e) {
            throw unreadable(entry, e);
        }
    }

    private CallFailure unreadable(Path entry, IOException e) {
        return OutputProblems.unreadable(folder.resolve(entry), entry.toString(), e);
    }

    private static void checkDepth(Path entry) throws CallFailure {
        if (entry.getNameCount() > DEEPEST) {
            throw OutputProblems.output(entry.toString(), "is in more than " + DEEPEST + " folders: put it higher");
        }
    }

    private static void checkName(Path entry) throws CallFailure {
        String path = entry.toString();
        Optional<String> problem = FileName.problem(entry.getFileName().toString());
        if (problem.isPresent()) {
            throw OutputProblems.output(path, "has a name that " + problem.get() + ": give it another");
        }
        if (path.length() > LONGEST_PATH) {
            throw OutputProblems.output(
                    path.substring(0, 100) + "...",
                    "has a path of more than " + LONGEST_PATH + " characters: shorten it");
        }
    }

    private void add(Path file, long size) throws CallFailure {
        bytes += size;
        if (size > limits.maxFileBytes()) {
            throw tooLarge("The output file %s has %d bytes, more than the %d it may have: leave less, or raise"
                            .formatted(OutputProblems.shown(file.toString()), size, limits.maxFileBytes())
                    + " files.maxFile.");
        }
        if (bytes > limits.maxJobBytes()) {
            throw tooLarge("The output files have more than the %d bytes that a job may leave: leave less, or raise"
                            .formatted(limits.maxJobBytes())
                    + " files.maxJob.");
        }
        if (found.size() >= limits.maxCount()) {
            throw tooLarge("There are more than the %d output files that a job may leave: put them into one archive, or"
                            .formatted(limits.maxCount())
                    + " raise files.maxCount.");
        }
        found.add(new Output(file));
    }

    private static CallFailure tooLarge(String message) {
        return new CallFailure(FailureKind.FILE_TOO_LARGE, message);
    }
}
