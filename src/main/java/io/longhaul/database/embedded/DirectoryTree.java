package io.longhaul.database.embedded;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Deletes a folder with its content, or changes its owner. Links are never followed. */
final class DirectoryTree {
    private DirectoryTree() {}

    static void delete(Path top) throws IOException {
        if (Files.notExists(top, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(top, new LeavesFirst() {
            @Override
            void visit(Path path) throws IOException {
                Files.deleteIfExists(path);
            }
        });
    }

    static int owner(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /** The top folder changes its owner last, so that an interrupted change is repeated. */
    static void give(Path top, int uid) throws IOException {
        if (owner(top) == uid) {
            return;
        }
        Files.walkFileTree(top, new LeavesFirst() {
            @Override
            void visit(Path path) throws IOException {
                Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
            }
        });
    }

    private abstract static class LeavesFirst extends SimpleFileVisitor<Path> {
        abstract void visit(Path path) throws IOException;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            visit(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            visit(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
