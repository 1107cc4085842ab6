package io.longhaul.database.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A running server.
 *
 * @param cluster its data directory
 * @param pid its first process, the one that takes signals
 * @param port its port on 127.0.0.1
 */
record Postmaster(Path cluster, long pid, int port) {
    /** Crash recovery replays about {@code max_wal_size} of changes; a slow disk may need minutes for that. */
    static final Duration START_LIMIT = Duration.ofMinutes(10);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    /** Ways to stop a server, with the signal that PostgreSQL expects. */
    enum Stop {
        /** Ends the sessions and writes everything out. */
        FAST("INT"),
        /** Waits until the sessions end by themselves. */
        SMART("TERM");

        private final String signal;

        Stop(String signal) {
            this.signal = signal;
        }
    }

    /** The server that runs on a cluster, also while it is starting or stopping; empty if there is none. */
    static Optional<Postmaster> on(Path cluster) throws IOException {
        return PidFile.read(cluster)
                .filter(file -> isPostmaster(file.pid(), cluster))
                .map(file -> new Postmaster(cluster, file.pid(), file.port()));
    }

    /** The server that runs on a cluster; empty if there is none. Waits while it is starting or stopping. */
    static Optional<Postmaster> find(Path cluster) throws IOException, InterruptedException {
        Poll poll = new Poll(START_LIMIT);
        do {
            Optional<Postmaster> running = on(cluster);
            if (running.isEmpty()) {
                return running;
            }
            // The file of a server that is being killed says "ready" to the last.
            if (PidFile.read(cluster).filter(PidFile::isReady).isPresent()
                    && listens(running.get().port())) {
                return running;
            }
        } while (poll.again());
        throw new EmbeddedPostgresException(
                "the PostgreSQL on " + cluster + " neither starts nor stops", "see the log beside it, then kill it");
    }

    /**
     * True if this process is the server of this cluster. After a hard stop the file may name a process id that belongs
     * to another program by now; in a container, where ids are small, even to a thread of this JVM.
     */
    static boolean isPostmaster(long pid, Path cluster) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            if (!Files.readString(process.resolve("comm")).strip().equals("postgres")) {
                return false;
            }
        } catch (IOException e) {
            return false;
        }
        try {
            return process.resolve("cwd").toRealPath().equals(cluster);
        } catch (AccessDeniedException e) {
            // Another account's process does not show its folder. PostgreSQL itself checks more closely if this guess
            // is wrong.
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    boolean isRunning() {
        return isNamed() && isPostmaster(pid, cluster);
    }

    /** False if the file names another process or is gone; one that cannot be read says nothing. */
    private boolean isNamed() {
        try {
            return PidFile.read(cluster).filter(file -> file.pid() == pid).isPresent();
        } catch (IOException e) {
            return true;
        }
    }

    /** True if it runs these programs; false if that cannot be known, because it is another account's process. */
    boolean runs(Programs programs) throws IOException {
        Path home = programs.home().toRealPath();
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "exe"))
                    .startsWith(home);
        } catch (AccessDeniedException | NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Stops the server and waits for its end.
     *
     * @return false if it still runs after a minute
     */
    boolean stop(Stop how, Programs programs) throws IOException, InterruptedException {
        if (!isRunning()) {
            return true;
        }
        programs.run("pg_ctl", "kill", how.signal, Long.toString(pid));
        Poll poll = new Poll(STOP_LIMIT);
        while (isRunning()) {
            if (!poll.again()) {
                return false;
            }
        }
        return true;
    }

    String jdbcUrl(String database) {
        // This traffic never leaves the machine, so neither TLS nor GSS encryption is needed.
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?sslmode=disable&gssEncMode=disable";
    }

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
}
