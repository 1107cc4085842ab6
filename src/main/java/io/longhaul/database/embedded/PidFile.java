package io.longhaul.database.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Content of {@code postmaster.pid}, as described in PostgreSQL's source, {@code utils/pidfile.h}.
 *
 * @param pid of the postmaster, line 1
 * @param port line 4
 * @param status line 8: {@code starting}, {@code ready}, {@code standby} or {@code stopping}
 */
record PidFile(long pid, int port, String status) {
    /** The content; empty if there is no server or its file is not complete yet. */
    static Optional<PidFile> read(Path cluster) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(cluster.resolve("postmaster.pid"));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (lines.size() < 8) {
            return Optional.empty();
        }
        return Optional.of(new PidFile(
                Long.parseLong(lines.get(0).strip()),
                Integer.parseInt(lines.get(3).strip()),
                lines.get(7).strip()));
    }

    boolean isReady() {
        // A standby answers, too; its refusal of writes is reported elsewhere.
        return status.equals("ready") || status.equals("standby");
    }
}
