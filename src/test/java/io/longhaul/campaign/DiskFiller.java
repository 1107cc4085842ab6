package io.longhaul.campaign;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that takes all room of its file system until it is closed. */
final class DiskFiller implements AutoCloseable {
    private final Path file;

    private DiskFiller(Path file) {
        this.file = file;
    }

    static DiskFiller fill(Path folder) {
        DiskFiller filler = new DiskFiller(folder.resolve("filler"));
        filler.more();
        return filler;
    }

    /** Takes what others have given up since. */
    void more() {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(open.length());
            byte[] block = new byte[4096];
            while (true) {
                open.write(block);
            }
        } catch (IOException full) {
            // That was wanted.
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
