package io.longhaul.database.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** The server's log, kept in one file and its predecessor. */
final class ServerLog {
    /** Holds months of checkpoint lines; small enough to open in an editor. */
    private static final long FULL = 10L << 20;

    private final Path file;
    private final long start;

    private ServerLog(Path file, long start) {
        this.file = file;
        this.start = start;
    }

    /** Remembers the current end of the log, so that the output of the next server can be found. */
    static ServerLog open(Path file) throws IOException {
        if (Files.exists(file) && Files.size(file) > FULL) {
            Path older = file.resolveSibling(file.getFileName() + ".1");
            Files.move(file, older, StandardCopyOption.REPLACE_EXISTING);
        }
        return new ServerLog(file, Files.exists(file) ? Files.size(file) : 0);
    }

    ProcessBuilder.Redirect target() {
        return ProcessBuilder.Redirect.appendTo(file.toFile());
    }

    String sinceOpened() {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(start);
            byte[] added = new byte[(int) Math.min(log.length() - start, 1 << 20)];
            log.readFully(added);
            return new String(added, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "nothing readable in " + file;
        }
    }

    /** The line that gives the reason of a failure: a full disk, the last error, or else the last line. */
    static String reason(String output) {
        List<String> lines =
                output.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        return lines.stream()
                .filter(line -> line.contains("No space left"))
                .findFirst()
                .or(() -> lastComplaint(lines))
                .or(() -> lines.stream().reduce((first, last) -> last))
                .orElse("it printed nothing");
    }

    private static Optional<String> lastComplaint(List<String> lines) {
        return lines.stream()
                .filter(line -> line.matches(".*(FATAL|PANIC|ERROR|error):.*"))
                .reduce((first, last) -> last);
    }
}
