package io.longhaul.files;

import io.longhaul.tools.FileName;
import io.longhaul.tools.Refusal;
import io.longhaul.tools.spi.FailureKind;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what a call left in its folder of outputs; only what is a file with a good name in a bounded place is one. */
final class Outputs extends SimpleFileVisitor<Path> {
    private static final int DEEPEST = 16;
    private static final int LONGEST_PATH = 1_000;

    private final Path folder;
    private final FilesConfiguration limits;
    private final List<Output> found = new ArrayList<>();
    private long bytes;
    private Refusal refusal;

    private Outputs(Path folder, FilesConfiguration limits) {
        this.folder = folder;
        this.limits = limits;
    }

    /**
     * A file.
     *
     * @param file where it is
     * @param path within the folder, with slashes
     */
    record Output(Path file, String path) {
        String name() {
            return file.getFileName().toString();
        }
    }

    /** All files in a folder, at any depth. */
    static List<Output> in(Path folder, FilesConfiguration limits) throws Refusal, IOException {
        Unfit.checkFolder(folder);
        Outputs outputs = new Outputs(folder, limits);
        Files.walkFileTree(folder, outputs);
        if (outputs.refusal != null) {
            throw outputs.refusal;
        }
        return outputs.found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
        if (visited.equals(folder)) {
            return FileVisitResult.CONTINUE;
        }
        String path = path(visited);
        return check(visited, path)
                .orElseGet(() -> folder.relativize(visited).getNameCount() >= DEEPEST
                        ? refuse(Unfit.output(path, "is in more than " + DEEPEST + " folders: put it higher"))
                        : FileVisitResult.CONTINUE);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        String path = path(file);
        if (!attributes.isRegularFile()) {
            return refuse(Unfit.output(
                    path,
                    attributes.isSymbolicLink()
                            ? "is a symbolic link: leave the file itself"
                            : "is no file but " + Unfit.kind(attributes) + ": remove it before the program ends"));
        }
        if (path.isEmpty()) {
            return refuse(Unfit.folder("was replaced by a file"));
        }
        return check(file, path).orElseGet(() -> add(file, path, attributes.size()));
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
        return refuse(Unfit.unreadable(file, path(file), failure));
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, IOException failure) {
        return failure == null ? FileVisitResult.CONTINUE : visitFileFailed(visited, failure);
    }

    private FileVisitResult add(Path file, String path, long size) {
        bytes += size;
        if (size > limits.maxFileBytes()) {
            return refuse(tooLarge("The output file %s has %d bytes, more than the %d it may have: leave less, or raise"
                            .formatted(Unfit.shown(path), size, limits.maxFileBytes())
                    + " files.maxFile."));
        }
        if (bytes > limits.maxJobBytes()) {
            return refuse(tooLarge("The output files have more than the %d bytes that a job may leave: leave less, or"
                            .formatted(limits.maxJobBytes())
                    + " raise files.maxJob."));
        }
        if (found.size() >= limits.maxCount()) {
            return refuse(tooLarge("There are more than the %d output files that a job may leave: put them into one"
                            .formatted(limits.maxCount())
                    + " archive, or raise files.maxCount."));
        }
        found.add(new Output(file, path));
        return FileVisitResult.CONTINUE;
    }

    private Optional<FileVisitResult> check(Path visited, String path) {
        Optional<String> problem = FileName.problem(visited.getFileName().toString());
        if (problem.isPresent()) {
            return Optional.of(refuse(Unfit.output(path, "has a name that " + problem.get() + ": give it another")));
        }
        return path.length() > LONGEST_PATH
                ? Optional.of(refuse(Unfit.output(
                        path.substring(0, 100) + "...",
                        "has a path of more than " + LONGEST_PATH + " characters: shorten it")))
                : Optional.empty();
    }

    private String path(Path visited) {
        return folder.relativize(visited).toString();
    }

    private FileVisitResult refuse(Refusal why) {
        refusal = why;
        return FileVisitResult.TERMINATE;
    }

    private static Refusal tooLarge(String message) {
        return new Refusal(FailureKind.FILE_TOO_LARGE, message);
    }
}
