package io.longhaul.database.embedded;

import io.longhaul.testing.Reaper;
import io.longhaul.testing.StoppableServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL that a test stops and starts; unlike the embedded one it stays down until it is started again. */
public final class StoppablePostgres implements StoppableServer {
    private final PostmasterLauncher launch;
    private final Programs programs;
    private final EmbeddedLogin credentials;
    private final Path cluster;
    private final int port;
    private Postmaster running;
    private boolean eased;

    private StoppablePostgres(
            PostmasterLauncher launch, Programs programs, EmbeddedLogin credentials, Path cluster, int port) {
        this.launch = launch;
        this.programs = programs;
        this.credentials = credentials;
        this.cluster = cluster;
        this.port = port;
    }

    /**
     * Creates a server that is not started yet.
     *
     * @param data folder for its programs and data
     */
    public static StoppablePostgres in(Path data) throws IOException, InterruptedException {
        DataFolder folder = DataFolder.at(data);
        Reaper.watchPostgres(folder.root());
        SharedPrograms.linkInto(folder.root());
        EmbeddedLogin credentials = EmbeddedLogin.of(folder);
        Programs programs = Programs.in(folder);
        Path cluster = new Cluster(folder, programs).directory(credentials);
        PostmasterLauncher launch = new PostmasterLauncher(folder, programs, cluster, Map.of());
        return new StoppablePostgres(launch, programs, credentials, cluster, freePort());
    }

    /**
     * Copies this server, which must not run, to a standby that follows it. Both have the same role and password.
     *
     * @param data folder for the standby's programs and data
     * @return not started
     */
    public StoppablePostgres standby(Path data) throws IOException, InterruptedException {
        DataFolder folder = DataFolder.at(data);
        Reaper.watchPostgres(folder.root());
        SharedPrograms.linkInto(folder.root());
        Programs own = Programs.in(folder);
        Path copy = new Cluster(folder, own).directory(credentials);
        DirectoryTree.delete(copy);
        int copied = new ProcessBuilder("cp", "-a", cluster.toString(), copy.toString())
                .start()
                .waitFor();
        if (copied != 0) {
            throw new IOException("cp failed: " + copied);
        }
        Files.deleteIfExists(copy.resolve("postmaster.pid"));
        Files.createFile(copy.resolve("standby.signal"));
        Files.writeString(
                copy.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=%s'%n".formatted(port, user(), password()),
                StandardOpenOption.APPEND);
        StoppablePostgres standby = new StoppablePostgres(
                new PostmasterLauncher(folder, own, copy, Map.of()), own, credentials, copy, freePort());
        standby.eased = true;
        return standby;
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return probe.getLocalPort();
        }
    }

    @Override
    public void start() throws IOException, InterruptedException {
        if (running == null) {
            running = launch.again(port);
            if (!eased) {
                SharedPrograms.easePassword(jdbcUrl(), user(), password());
                eased = true;
            }
        }
    }

    @Override
    public void crash() throws IOException, InterruptedException {
        programs.run("pg_ctl", "kill", "QUIT", Long.toString(running.pid()));
        while (running.isRunning()) {
            Thread.onSpinWait();
        }
        running = null;
    }

    /** Stops it and starts it as a standby without a primary, like a former primary after a failover. */
    public void demote() throws IOException, InterruptedException {
        if (running != null) {
            crash();
        }
        Files.createFile(cluster.resolve("standby.signal"));
        start();
    }

    @Override
    public String jdbcUrl() {
        return new Postmaster(cluster, 0, port).jdbcUrl("postgres");
    }

    @Override
    public String user() {
        return credentials.user();
    }

    @Override
    public String password() {
        return credentials.password();
    }

    @Override
    public DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl());
        source.setUser(user());
        source.setPassword(password());
        return source;
    }

    @Override
    public void close() throws IOException {
        try {
            if (running != null) {
                crash();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
