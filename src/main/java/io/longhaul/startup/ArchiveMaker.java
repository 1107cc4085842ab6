package io.longhaul.startup;

import com.sun.management.OperatingSystemMXBean;
import io.longhaul.clib.CLibrary;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the archive for later starts while the server works: Java writes down the classes that it has loaded, in a process
 * that stands back behind all others. Once for each jar and Java, and only where there is room.
 */
public final class ArchiveMaker {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul");

    /** Seconds from the start of the server, within which most of the classes that it needs were used. */
    private static final int AFTER = Integer.getInteger("longhaul.archive.after", 60);

    /** The process takes some 500 MB for seconds, and the file 90 MB. */
    private static final long MEMORY = 2L << 30;

    private static final long DISK = 1L << 30;

    private static final int THIS_THREAD = 0;
    private static final int LAST = 19;

    private final ArchiveFolder folder;
    private final Path jar;

    private ArchiveMaker(ArchiveFolder folder, Path jar) {
        this.folder = folder;
        this.jar = jar;
    }

    /**
     * Begins to make an archive a minute later, if there is none for this jar and this Java.
     *
     * @param environment variables of the process, as for {@link QuickStart#anew}
     */
    public static void start(Map<String, String> environment) {
        Optional<ArchiveFolder> folder = ArchiveFolder.of(environment);
        Optional.ofNullable(System.getProperty(QuickStart.PROBLEM))
                .ifPresent(problem -> LOG.info(
                        "This server runs without the options of Java that suit it: {}. Where no program may be started from /tmp, -Djava.io.tmpdir names another folder.",
                        problem));
        try {
            boolean wanted = CommandLine.ofThisProcess()
                    .filter(call -> call.isRepeatable(environment) && !call.choosesArchive(environment))
                    .isPresent();
            boolean off = "false".equals(System.getProperty(QuickStart.ANEW));
            if (folder.isPresent() && !off && (wanted || wasRefused())) {
                Thread thread = new Thread(new ArchiveMaker(folder.get(), QuickStart.jar())::make, "archive-maker");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            LOG.debug("The call of this process cannot be read", e);
        }
    }

    /** True if Java did not take the archive that it was to start from. */
    private static boolean wasRefused() {
        return System.getProperty(QuickStart.STARTED_FROM) != null
                && !System.getProperty("java.vm.info", "").contains("sharing");
    }

    private void make() {
        try {
            TimeUnit.SECONDS.sleep(AFTER);
            if (isWorthIt()) {
                CLibrary.bind(QuickStart.Calls.class);
                QuickStart.Calls.setpriority(0, THIS_THREAD, LAST);
                makeAlone();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | JMException | RuntimeException | LinkageError e) {
            LOG.info(
                    "No archive for quicker starts was made in {} ({}). LONGHAUL_ARCHIVE names another folder, or is off.",
                    folder.folder(),
                    e.getMessage());
        }
    }

    /** Several servers of a machine may start at once: one makes it for all. */
    @SuppressWarnings("try")
    private void makeAlone() throws IOException, JMException {
        try (FileChannel channel =
                        FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null && (folder.find(jar).isEmpty() || (wasRefused() && folder.isOld(jar)))) {
                folder.removeUnfinished();
                write(folder.ownFile(jar));
                folder.tidy();
            }
        }
    }

    private boolean isWorthIt() throws IOException {
        OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        if (machine.getTotalMemorySize() < MEMORY) {
            return false;
        }
        folder.create();
        return Files.getFileStore(folder.folder()).getUsableSpace() > DISK;
    }

    private void write(Path file) throws IOException, JMException {
        Path made = Path.of(file + ArchiveFolder.UNFINISHED);
        long begin = System.nanoTime();
        dump(made);
        if (!Files.exists(made)) {
            throw new IOException("Java wrote none");
        }
        // Whatever the umask says: one that others may write is not used.
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
        Files.move(made, file, StandardCopyOption.REPLACE_EXISTING);
        LOG.info(
                "Made {} in {} s: the next start of this server is quicker.",
                file,
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
    }

    /** What {@code jcmd PID VM.cds static_dump} does. */
    private static void dump(Path file) throws IOException, JMException {
        PrintStream before = System.out;
        Set<Path> earlier = outputs();
        System.setOut(new PrintStream(new Without(Thread.currentThread(), before), true, StandardCharsets.UTF_8));
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmCds",
                            new Object[] {new String[] {"static_dump", file.toString()}},
                            new String[] {String[].class.getName()});
        } finally {
            System.setOut(before);
            Set<Path> now = outputs();
            now.removeAll(earlier);
            for (Path output : now) {
                Files.deleteIfExists(output);
            }
        }
    }

    /** The files that Java leaves in the folder in which the server runs: what its processes said. */
    private static Set<Path> outputs() throws IOException {
        try (var files = Files.list(Path.of(""))) {
            return files.filter(file -> file.toString().matches("java_pid\\d+_std(out|err)"))
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    /** Standard output without what one thread prints: Java tells there that it was asked for an archive. */
    private static final class Without extends OutputStream {
        private final Thread silent;
        private final PrintStream out;

        Without(Thread silent, PrintStream out) {
            this.silent = silent;
            this.out = out;
        }

        @Override
        public void write(int one) {
            if (Thread.currentThread() != silent) {
                out.write(one);
            }
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            if (Thread.currentThread() != silent) {
                out.write(bytes, from, length);
            }
        }

        @Override
        public void flush() {
            out.flush();
        }
    }
}
