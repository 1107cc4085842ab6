package io.longhaul.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * An archive of the classes that a node loads, so that the processes of the tests start in two thirds of the time. Made
 * once for each build of the jar, from a node that has run a job; whoever comes while it is made does without.
 */
final class SharedClasses {
    private static final Path ARCHIVE = Path.of("target", "app.jsa");

    private static boolean asked;

    private SharedClasses() {}

    /** Options of the virtual machine; none if there is no archive. */
    static synchronized List<String> options() {
        try {
            if (!asked) {
                asked = true;
                make();
            }
            // Quietly, because what processes print is looked at.
            return isFresh() ? List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-Xlog:disable") : List.of();
        } catch (Exception e) {
            throw new IllegalStateException("no archive of classes could be made", e);
        }
    }

    private static boolean isFresh() throws IOException {
        return Files.exists(ARCHIVE)
                && Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(JarProcess.JAR)) > 0;
    }

    private static void make() throws Exception {
        try (FileChannel channel = FileChannel.open(
                        Path.of("target", "app.jsa.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null && !isFresh()) {
                dump();
            }
        } catch (OverlappingFileLockException e) {
            // Somebody else makes it.
        }
    }

    private static void dump() throws Exception {
        Path made = Path.of("target", "app.jsa.new");
        Files.deleteIfExists(made);
        TestDatabases databases = TestDatabases.ofThisJvm();
        String name = databases.create(true);
        TestServer server = databases.server();
        Map<String, String> environment = NodeProcess.database(server.jdbcUrl(name), server.user(), server.password());
        List<String> options = List.of("-XX:ArchiveClassesAtExit=" + made, "-Xlog:disable");
        try (NodeProcess node = NodeProcess.start(options, "shared-classes", environment)) {
            node.awaitReady();
            node.awaitJob(node.accepted("ping", "{}"), "completed");
            node.process().terminate();
            node.process().awaitExit(Await.LONG);
        } finally {
            databases.drop(name);
        }
        if (Files.exists(made)) {
            Files.move(made, ARCHIVE, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
