package io.longhaul.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes an archive of classes and compiled code, from which later servers start faster. It keeps a server busy for some
 * seconds, and Java writes the archive: from Java 25 on classes and profiles of methods (JEP 514 and 515), before that
 * classes only (JEP 350).
 */
public final class StartupArchive {
    private static final int CLIENTS = 10;
    private static final int BATCH = 500;
    private static final List<String> PAGES =
            List.of("/v1/jobs", "/v1/tools", "/v1/stats", "/v1/mcp/tools", "/health", "/openapi.json");

    private final Target database;
    private final Duration busy;
    private final Consumer<String> progress;

    /**
     * @param database the server works there in a schema that is dropped in the end
     * @param busy duration of each kind of work
     * @param progress receives a line for each step
     */
    public StartupArchive(Target database, Duration busy, Consumer<String> progress) {
        this.database = database;
        this.busy = busy;
        this.progress = progress;
    }

    /** The option that makes Java use an archive. */
    public static String use(Path file) {
        return (isProfiling() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + file;
    }

    /** The default file name: {@code app.aot}, or {@code app.jsa} before Java 25. */
    public static Path usualFile() {
        return Path.of(isProfiling() ? "app.aot" : "app.jsa");
    }

    private static boolean isProfiling() {
        return Runtime.version().feature() >= 25;
    }

    /**
     * Makes an archive; replaces an earlier one only when the new one is complete.
     *
     * @throws IOException if the server does not start, or Java writes no archive
     */
    public void make(Path file) throws Exception {
        Path made = Path.of(file + ".new");
        requireWritable(made);
        String option = (isProfiling() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + made;
        try (BenchSchema schema = BenchSchema.create(database, progress)) {
            try (Node node = Node.start(schema, CLIENTS, List.of(option))) {
                progress.accept("a server works");
                work(node);
                progress.accept("Java writes the archive");
            }
        }
        if (!Files.exists(made)) {
            throw new IOException("Java " + Runtime.version() + " wrote no archive to " + made + ": is there room?");
        }
        Files.move(made, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Checked first: Java would report a problem only after the work, and silently. */
    private static void requireWritable(Path file) throws IOException {
        try {
            Files.deleteIfExists(file);
            Files.createFile(file);
            Files.delete(file);
        } catch (IOException e) {
            throw new IOException("Nothing can be written to " + file + " ("
                    + e.getClass().getSimpleName() + "): name another place with --output");
        }
    }

    private void work(Node node) throws Exception {
        for (String page : PAGES) {
            try (HttpConnection connection = HttpConnection.get(node.port(), page)) {
                connection.send();
            }
        }
        node.post(CLIENTS, "/v1/jobs", Payload.JOB, 1, busy);
        node.post(1, "/v1/jobs", Payload.JOB, 1, busy.dividedBy(4));
        node.post(2, "/v1/jobs/batch", Payload.batch(BATCH), BATCH, busy);
    }
}
