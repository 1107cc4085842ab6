package io.longhaul.testing;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL of another major version than the one we ship, unpacked from what the build put in {@code target}. */
public final class OlderPostgres implements AutoCloseable {
    private static final Path FOLDER = Path.of("target", "older-postgresql");
    private static final List<String> FAST =
            List.of("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off");

    private final Process process;
    private final int port;
    private final AtomicInteger count = new AtomicInteger();

    private OlderPostgres(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a server with an empty cluster.
     *
     * @param major 13 or 15
     * @return a server that takes connections
     */
    public static OlderPostgres start(int major) throws Exception {
        Path home = unpacked(major);
        Path data = Files.createTempDirectory(FOLDER, "data-" + major + "-").toAbsolutePath();
        run(command(
                home, "initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"));
        int port = freePort();
        List<String> words = command(home, "postgres", "-D", data.toString(), "-p", Integer.toString(port));
        words.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
        words.addAll(FAST);
        Process process = quiet(words, data.resolve("log").toFile()).start();
        Reaper.watch(process.pid());
        OlderPostgres server = new OlderPostgres(process, port);
        Await.until("PostgreSQL " + major + " serves", Duration.ofSeconds(30), server::answers);
        return server;
    }

    /**
     * Makes a database.
     *
     * @return opens a new connection each time it is asked
     */
    public DataSource database() throws SQLException {
        String name = "test_" + count.incrementAndGet();
        try (Connection connection = source("postgres").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return source(name);
    }

    private DataSource source(String name) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(name));
        source.setUser("postgres");
        return source;
    }

    private String url(String name) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
    }

    private boolean answers() {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", "")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() throws InterruptedException {
        // SIGTERM would wait for sessions; what these servers hold is of no use to anybody.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        Reaper.forget(process.pid());
    }

    /** The programs; unpacked once for each version of them. */
    private static Path unpacked(int major) throws Exception {
        Path home = FOLDER.resolve(Integer.toString(major)).toAbsolutePath();
        if (Files.notExists(home.resolve("bin/postgres"))) {
            Files.createDirectories(home);
            run(List.of(
                    "sh",
                    "-c",
                    "unzip -p '" + FOLDER.resolve(major + ".jar") + "' '*.txz' | tar -xJ -C '" + home + "'"));
        }
        return home;
    }

    /** PostgreSQL refuses root: in a namespace of its own the same user is nobody. */
    private static List<String> command(Path home, String program, String... arguments) {
        List<String> words = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            words.addAll(List.of("unshare", "-U"));
        }
        words.add(home.resolve("bin").resolve(program).toString());
        words.addAll(List.of(arguments));
        return words;
    }

    private static ProcessBuilder quiet(List<String> words, File log) {
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log);
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private static void run(List<String> words) throws IOException, InterruptedException {
        File log = Files.createTempFile("older-postgresql", ".log").toFile();
        if (quiet(words, log).start().waitFor() != 0) {
            throw new IOException(words + ": " + Files.readString(log.toPath()));
        }
        Files.delete(log.toPath());
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
