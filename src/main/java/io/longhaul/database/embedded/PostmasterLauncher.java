package io.longhaul.database.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the server of a cluster. */
final class PostmasterLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(PostmasterLauncher.class);

    /** Processes of a killed server need a moment to end; another program may take the port first. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final DataFolder folder;
    private final Programs programs;
    private final Path cluster;
    private final Map<String, String> settings = new LinkedHashMap<>();

    /** @param extra server settings that override those of this class */
    PostmasterLauncher(DataFolder folder, Programs programs, Path cluster, Map<String, String> extra) {
        this.folder = folder;
        this.programs = programs;
        this.cluster = cluster;
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("unix_socket_directories", "");
        // These make accepted jobs durable. On the command line, no edit of postgresql.conf can change them.
        settings.put("fsync", "on");
        settings.put("synchronous_commit", "on");
        settings.put("full_page_writes", "on");
        settings.putAll(extra);
    }

    /**
     * Starts the server and waits until it takes connections, crash recovery included.
     *
     * @throws EmbeddedPostgresException if it ends instead, with the line of its log that gives the reason
     */
    Postmaster start() throws IOException, InterruptedException {
        Postmaster started = on(this::freePort);
        Files.writeString(folder.lastPort(), Integer.toString(started.port()));
        return started;
    }

    /** Starts the server on a port that its clients already use. */
    Postmaster again(int port) throws IOException, InterruptedException {
        return on(() -> port);
    }

    private Postmaster on(PortChoice port) throws IOException, InterruptedException {
        Poll patience = new Poll(PATIENCE);
        while (true) {
            ServerLog log = ServerLog.open(folder.log());
            Optional<Postmaster> started = attempt(log, port.choose());
            if (started.isPresent()) {
                return started.get();
            }
            String output = log.sinceOpened();
            if (!isPassing(output) || !patience.again()) {
                throw new EmbeddedPostgresException(
                        "PostgreSQL did not start (" + ServerLog.reason(output) + ")",
                        "see " + folder.log() + ", or use a PostgreSQL of your own by DATABASE_URL");
            }
        }
    }

    private static boolean isPassing(String output) {
        return output.contains("Address already in use") || output.contains("is still in use");
    }

    private Optional<Postmaster> attempt(ServerLog log, int port) throws IOException, InterruptedException {
        ProcessBuilder builder = Programs.builder(words(port)).redirectOutput(log.target());
        forgiveForeignPid(builder);
        Process process = builder.start();
        Thread stop = new Thread(process::destroy, "stop-starting-postgres");
        addExitHook(stop);
        Optional<Postmaster> started = awaitReady(process);
        removeExitHook(stop);
        return started;
    }

    static void addExitHook(Thread hook) {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException ignored) {
            // The JVM is ending: whoever ends it stops the server, too.
        }
    }

    static void removeExitHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ignored) {
            // The JVM is ending and already runs the hook, or no longer needs it.
        }
    }

    private Optional<Postmaster> awaitReady(Process process) throws IOException, InterruptedException {
        Poll poll = new Poll(Postmaster.START_LIMIT);
        while (process.isAlive() && poll.again()) {
            Optional<Postmaster.PidFile> ready =
                    Postmaster.PidFile.read(cluster).filter(file -> file.pid() == process.pid() && file.isReady());
            if (ready.isPresent()) {
                return ready.map(file -> new Postmaster(cluster, file.pid(), file.port()));
            }
        }
        process.destroy();
        return Optional.empty();
    }

    /**
     * Starts a session of its own: Ctrl-C in the terminal must reach only this JVM, which drains first and stops the
     * server last.
     */
    private List<String> words(int port) {
        List<String> words = new ArrayList<>();
        if (Programs.isInstalled("setsid")) {
            words.add("setsid");
        }
        words.addAll(programs.words("postgres", "-D", cluster.toString(), "-c", "port=" + port));
        settings.forEach((name, value) -> words.addAll(List.of("-c", name + "=" + value)));
        return words;
    }

    /**
     * PostgreSQL refuses to start if the process id in a left-over file is alive, whatever that process is. It ignores
     * the id of its grandparent, so that id is named here; all its other checks stay.
     */
    private void forgiveForeignPid(ProcessBuilder builder) throws IOException {
        Postmaster.PidFile.read(cluster)
                .map(Postmaster.PidFile::pid)
                .filter(pid -> !Postmaster.isPostmaster(pid, cluster))
                .ifPresent(pid -> builder.environment().put("PG_GRANDPARENT_PID", Long.toString(pid)));
    }

    /** Prefers the port of the last run, so that addresses people wrote down stay valid. */
    private int freePort() throws IOException {
        if (Files.exists(folder.lastPort())) {
            try (ServerSocket probe = loopback(
                    Integer.parseInt(Files.readString(folder.lastPort()).strip()))) {
                return probe.getLocalPort();
            } catch (IOException | IllegalArgumentException e) {
                LOG.info("the last PostgreSQL port is taken, using another one");
            }
        }
        try (ServerSocket probe = loopback(0)) {
            return probe.getLocalPort();
        }
    }

    private static ServerSocket loopback(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }

    /** Chooses a port; called again for each attempt. */
    private interface PortChoice {
        int choose() throws IOException;
    }
}
